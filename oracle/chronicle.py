"""Long texts to ask about: made-up people, places and things, and questions on them.

A text is a row of paragraphs, each about one subject, in an order drawn by chance. Each
fact comes with a question whose answer is in its own sentence. No text is copied
from anywhere, and the same seed gives the same texts.
"""

import random


def _words(text: str, parted_by: str = " ") -> list[str]:
    return text.replace("\n", "" if parted_by == "|" else " ").split(parted_by)


GIVEN = _words(
    """Ada Bram Celia Dario Elke Farid Greta Hugo Ilse Jonas Katya Leon Mira Noor
Orla Pavel Quinn Rita Selim Thea Ulla Viktor Wilma Yara Zeno"""
)
FAMILY = _words(
    """Aalto Brandt Castell Dunmore Ekholm Farrow Gruber Hallam Iversen Jansky Keller
Lindqvist Moreau Novak Okafor Pereira Quist Rossi Sandoval Thorne Ueda Varga
Whitlock Yilmaz Zeller"""
)
PLACES = _words(
    """Alderbrook Brackwater Corvale Dunmere Eastholm Fenwick Greyport Harrowgate
Ingleford Jarrowfield Kestrelby Lowmarsh Merrivale Northwick Oakhollow Pellham
Quarryton Ravenscar Stonebridge Tarnside Underhill Vexford Westerly Yewdale"""
)
TRADES = _words(
    """baker surveyor glassblower botanist typesetter cellist shipwright teacher
chemist weaver"""
)
GOODS = _words("salt wool copper tea timber paper glass barley clocks rope")
MATERIALS = _words("granite oak brick sandstone iron larch marble")
FOODS = _words(
    "smoked eel|plum cake|barley soup|goat cheese|pickled walnuts|rye bread", "|"
)
MONTHS = _words("January March May June August October December")
ANIMALS = _words("otter|marsh owl|grey heron|pine marten|dwarf newt|river crab", "|")
REASONS = _words(
    """the harbour had silted up|the roof leaked|the railway had closed|
her brother fell ill|the price of wool collapsed|the winter was too cold|
the council withdrew its money|the well ran dry""",
    "|",
)
GOALS = _words(
    """to map the coast|to measure the depth of the lake|to teach arithmetic|
to repair old instruments|to carry the mail|to study the tides""",
    "|",
)

# Each subject: sentences with blanks; a question with the blank that answers it, or "".
SUBJECTS = [
    [
        ("{A} was born in {place} in {year}, the youngest of {n} children.",
         "In which year was {A} born?", "year"),
        ("Her father worked as a {trade}, and the house smelled of {goods}.",
         "What was the occupation of the father of {A}?", "trade"),
        ("At the age of {age} she moved to {place2}, where a cousin had found her a "
         "room.",
         "Where did {A} move to?", "place2"),
        ("There she met {B}, who lent her books and later became her closest friend.",
         "Who lent books to {A}?", "B"),
        ("{A} left the town in {year2} because {reason}.",
         "Why did {A} leave the town?", "reason"),
        ("For the rest of her life she wrote a letter home every Sunday, and few of "
         "these letters are lost.", "", ""),
        ("A collection of {n2} of her letters is kept in the library of {place3}.",
         "How many letters of {A} are kept in the library?", "n2"),
    ],
    [
        ("The bridge at {place} is built of {material} and has {n} arches.",
         "What is the bridge at {place} built of?", "material"),
        ("It was designed by {A}, who had never built a bridge before.",
         "Who designed the bridge at {place}?", "A"),
        ("Work began in {year} and took longer than anybody had expected.",
         "When did work on the bridge at {place} begin?", "year"),
        ("It cost {money} crowns, most of it paid by a tax on {goods}.",
         "How much did the bridge at {place} cost?", "money"),
        ("Old people still tell of the flood that carried the first bridge away in one "
         "night, with a cart and two horses on it.", "", ""),
        ("In {year2} the bridge was closed for a year because {reason}.",
         "Why was the bridge at {place} closed?", "reason"),
    ],
    [
        ("The firm {A} & Sons made {goods} in {place} for more than a century.",
         "What did the firm {A} & Sons make?", "goods"),
        ("At its height it employed {n2} people, and half the town lived by its "
         "whistle.",
         "How many people did {A} & Sons employ?", "n2"),
        ("It was founded in {year} by a former {trade} with borrowed money.",
         "When was the firm {A} & Sons founded?", "year"),
        ("The first workshop stood behind the church; nothing is left of it.", "", ""),
        ("Its best customer was {B} of {place2}, who paid in advance.",
         "Who was the best customer of {A} & Sons?", "B"),
        ("The firm was sold in {year2} after {reason}, and the name disappeared.",
         "When was {A} & Sons sold?", "year2"),
    ],
    [
        ("The ship {place} was launched in {year} {goal}.",
         "For what purpose was the ship {place} launched?", "goal"),
        ("She was {n2} feet long and carried a crew of {n}.",
         "How long was the ship {place}?", "n2"),
        ("Her captain, {A}, kept a diary in which the weather takes up more room than "
         "the men.", "Who was the captain of the ship {place}?", "A"),
        ("On her third voyage she brought {goods} from {place2} and was becalmed for "
         "{age} days.", "What did the ship {place} bring from {place2}?", "goods"),
        ("She was broken up in {year2}; her bell hangs in the school of {place3}.",
         "Where does the bell of the ship {place} hang?", "place3"),
        ("Models of her were sold in every port along the coast.", "", ""),
    ],
    [
        ("Every year in {month} the people of {place} hold a feast at which everybody "
         "eats {food}.", "What do people eat at the feast of {place}?", "food"),
        ("It goes back to {year}, when the town was spared by a great fire.",
         "Since when has the feast of {place} been held?", "year"),
        ("The oldest inhabitant lights a lantern, and the children carry it round the "
         "market until it goes out.", "", ""),
        ("In recent times about {money} visitors have come each year.",
         "How many visitors come to the feast of {place}?", "money"),
        ("The speech is given by a {trade}; for many years it was {A}.",
         "Who gave the speech at the feast of {place} for many years?", "A"),
    ],
    [
        ("The {animal} of {place} weighs about {age} ounces and hunts at dusk.",
         "How much does the {animal} of {place} weigh?", "age"),
        ("It was first described by {A} in {year}.",
         "Who first described the {animal} of {place}?", "A"),
        ("Nobody knew where it spent the winter until {B} followed one for {n} weeks.",
         "Who followed the {animal} of {place} for {n} weeks?", "B"),
        ("Its numbers fell after {year2}, when the meadows were drained.",
         "When did the numbers of the {animal} of {place} fall?", "year2"),
        ("Visitors seldom see it, although its call can be heard from the road on "
         "quiet evenings.", "", ""),
    ],
    [
        ("The school of {place} was opened {goal2} in {year}.",
         "In which year was the school of {place} opened?", "year"),
        ("Its first teacher was {A}, a {trade} by training.",
         "Who was the first teacher of the school of {place}?", "A"),
        ("In the first winter there were {n} pupils and one stove.",
         "How many pupils were in the school of {place} in the first winter?", "n"),
        ("The building, made of {material}, was given by {B}.",
         "Who gave the building of the school of {place}?", "B"),
        ("Reading was taught from old newspapers, since books were dear.", "", ""),
        ("The school was closed in {year2} because {reason}.",
         "Why was the school of {place} closed?", "reason"),
    ],
]  # fmt: skip

ABSENT = [
    "What is the name of the dog of {A}?",
    "How many windows does the town hall of {place} have?",
    "Who painted the ceiling of the theatre in {place}?",
    "When did {A} travel to the moon?",
    "What colour was the hat of {A}?",
    "Why did the airport of {place} close?",
]


def _blanks(rng: random.Random) -> dict[str, str]:
    places = rng.sample(PLACES, 3)
    people = [f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}" for _ in range(2)]
    year = rng.randint(1650, 1890)
    return {
        "A": people[0],
        "B": people[1],
        "place": places[0],
        "place2": places[1],
        "place3": places[2],
        "year": str(year),
        "year2": str(year + rng.randint(15, 90)),
        "n": str(rng.randint(3, 12)),
        "n2": str(rng.randint(40, 400)),
        "age": str(rng.randint(13, 29)),
        "money": f"{rng.randint(2, 90)},{rng.randint(0, 9)}00",
        "month": rng.choice(MONTHS),
        "goal": rng.choice(GOALS),
        "goal2": rng.choice(GOALS),
        "trade": rng.choice(TRADES),
        "goods": rng.choice(GOODS),
        "material": rng.choice(MATERIALS),
        "food": rng.choice(FOODS),
        "animal": rng.choice(ANIMALS),
        "reason": rng.choice(REASONS),
    }


def _tell(facts: list[tuple], blanks: dict[str, str]) -> tuple[str, list[str]]:
    """The facts as a paragraph, and the questions that it answers."""
    text = " ".join(sentence.format(**blanks) for sentence, _, _ in facts)
    return text, [question.format(**blanks) for _, question, _ in facts if question]


def paragraph_and_questions(rng: random.Random) -> tuple[str, list[str]]:
    """All facts about one subject, and the questions that they answer."""
    return _tell(rng.choice(SUBJECTS), _blanks(rng))


def text_and_questions(
    rng: random.Random, words: int, questions: int
) -> tuple[str, list[tuple[str, bool]]]:
    """A text of about `words` words; questions, each with whether it answers them."""
    paragraphs, asked, length = [], [], 0
    while length < words:
        blanks, facts = _blanks(rng), rng.choice(SUBJECTS)
        subject = facts[0][1].format(**blanks)
        if subject in asked:
            continue  # two bridges at one place: no question could tell them apart
        chosen = [facts[0], *(f for f in facts[1:] if rng.random() < 0.85)]
        paragraph, answered = _tell(chosen, blanks)
        asked += answered
        paragraphs.append(paragraph)
        length += len(paragraph.split())
    absent = [rng.choice(ABSENT).format(**_blanks(rng)) for _ in range(questions)]
    chosen = [
        (rng.choice(absent), False) if rng.random() < 0.2 else (rng.choice(asked), True)
        for _ in range(questions)
    ]
    return "\n\n".join(paragraphs), list(dict.fromkeys(chosen))
