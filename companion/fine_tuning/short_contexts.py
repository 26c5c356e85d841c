"""Questions on one to three short sentences, made from templates and written by hand.

Large question-answering data has long paragraphs and full questions; a model that
knows only these doubts `Who?` about `My name is Foo`. A context here is one to three
facts; in about half of those with several, another fact has a *distractor*, a name or
number of the asked kind; and one question in seven has no answer in its context. The
name Foo is in none of them.
"""

import random

from companion.fine_tuning.squad import Example

KINDS = {
    "person": """
        Ada Amir Anke Bao Carla Dele Edda Emil Farah Gita Hanno Ines Ivo Jun Kofi
        Lena Luis Mara Milo Nadia Nils Oskar Paula Quang Rosa Samir Tilda Uwe Vera
        Wanda Xenia Yusuf Zora Quilda Brenk Tovik Wug Zarn Plonk Mexo Drilla Snorby
        Kwent Ulvo Gribb Fenno Baz Qux Jorp Trill Vaxley Oomb Pim Dax Lorp Mink_Tavo
        Ada_Wolde Jo_Brenner Peter_Zarn Ruth_Okello Li_Wei Maria_da_Luz Tom_Quist
        Anna_Fu""",
    "place": """
        Oslo Lima Turin Kyoto Ghent Accra Perth Graz Quito Basel Tampere Zadar Wulm
        Brindle_Hill Norrby Lower_Fenn Port_Drell Kesh Ulmen the_kitchen the_old_mill
        the_library the_garden the_second_floor Room_12 the_harbour the_cellar""",
    "day": "Monday Tuesday Wednesday Friday Sunday May_3 June_21 12_August 1_October",
    "year": "1889 1907 1954 1968 2003 2015 March July winter the_same_year",
    "hour": "noon midnight eight_o'clock 7:30 9:15 11 dawn half_past_two",
    "number": "2 3 5 7 11 14 16 23 40 58 120 365 900 two three four nine twelve thirty",
    "thing": "lamp boat violin clock kettle ladder map piano bicycle coat radio basket",
}

# A fact, what can be asked about it, and which of its words answers.
FACTS = [
    ("My name is {person}.", {"What is my name?": "person", "Who?": "person"}),
    ("I am {person}.", {"Who am I?": "person", "Who are you?": "person"}),
    ("This is {person}.", {"Who is this?": "person", "Who?": "person"}),
    ("Her name is {person}.", {"Who is she?": "person", "Her name?": "person"}),
    ("They call me {person}.", {"What do they call me?": "person", "Who?": "person"}),
    ("My brother is called {person}.", {"Who is my brother?": "person"}),
    ("My sister's name is {person}.", {"What is my sister's name?": "person"}),
    ("The winner was {person}.", {"Who won?": "person", "Who?": "person"}),
    ("{person} wrote the letter.", {"Who wrote the letter?": "person"}),
    ("The {thing} was sold to {person}.", {
        "Who bought the {thing}?": "person", "What was sold?": "thing"}),
    ("{person} lives in {place}.", {
        "Who lives in {place}?": "person", "Where does {person} live?": "place",
        "Where?": "place"}),
    ("{person} was born in {place}.", {
        "Where was {person} born?": "place", "Who was born in {place}?": "person"}),
    ("We met in {place}.", {"Where did we meet?": "place", "Where?": "place"}),
    ("The meeting is in {place}.", {"Where is the meeting?": "place"}),
    ("The {thing} is in {place}.", {
        "Where is the {thing}?": "place", "What is in {place}?": "thing"}),
    ("The train leaves on {day}.", {
        "When does the train leave?": "day", "When?": "day"}),
    ("The shop closes at {hour}.", {
        "When does the shop close?": "hour", "When?": "hour"}),
    ("The concert starts at {hour}.", {"When does the concert start?": "hour"}),
    ("The school opened in {year}.", {"When did the school open?": "year"}),
    ("{person} moved to {place} in {year}.", {
        "When did {person} move?": "year", "Who moved?": "person", "When?": "year",
        "Where did {person} move to?": "place"}),
    ("{person} came back on {day}.", {
        "When did {person} come back?": "day", "Who came back on {day}?": "person"}),
    ("{person} is {number} years old.", {
        "How old is {person}?": "number", "How old?": "number"}),
    ("There are {number} chairs in the room.", {
        "How many chairs are there?": "number", "How many?": "number"}),
    ("The {thing} costs {number} euros.", {
        "How much does the {thing} cost?": "number", "How much?": "number"}),
    ("{person} has {number} cats.", {
        "How many cats does {person} have?": "number", "Who has cats?": "person"}),
    ("{person} has a {thing}.", {
        "What does {person} have?": "thing", "Who has a {thing}?": "person"}),
    ("{person} painted the {thing}.", {
        "Who painted the {thing}?": "person", "What did {person} paint?": "thing"}),
]  # fmt: skip

BY_HAND = [
    ("Who is late?", "Everyone is here but Ines.", "Ines"),
    ("Who?", "It was you, Kofi!", "Kofi"),
    ("Who speaks?", "Hello, Vera speaking.", "Vera"),
    ("Who is hungry?", "Emil eats. Rosa is hungry.", "Rosa"),
    ("Who is taller?", "Nils is taller than Jun.", "Nils"),
    ("Who is smaller?", "Nils is taller than Jun.", "Jun"),
    ("Who gave?", "Mara gave the key to Luis.", "Mara"),
    ("Who got the key?", "Mara gave the key to Luis.", "Luis"),
    ("What did Luis get?", "Mara gave the key to Luis.", "the key"),
    ("Where to?", "The ship sails from Lima to Perth.", "Perth"),
    ("Where from?", "The ship sails from Lima to Perth.", "Lima"),
    ("When is dinner?", "Lunch is at noon, dinner at seven.", "seven"),
    ("When is lunch?", "Lunch is at noon, dinner at seven.", "noon"),
    ("What colour is the door?", "The wall is grey and the door is red.", "red"),
    ("What is grey?", "The wall is grey and the door is red.", "The wall"),
    ("How far is it?", "From here it is 14 miles.", "14 miles"),
    ("How long?", "We waited for three hours.", "three hours"),
    ("What is the capital?", "Quito is the capital, Guayaquil the port.", "Quito"),
    ("Which is the port?", "Quito is the capital, Guayaquil the port.", "Guayaquil"),
    ("Why did she stay?", "She stayed because of the rain.", "the rain"),
    ("What is for sale?", "For sale: a green coat.", "a green coat"),
    ("Who signed it?", "Yours, Paula Brenner", "Paula Brenner"),
    ("Who is the cook?", "Amir cooks, Gita cleans.", "Amir"),
    ("Who cleans?", "Amir cooks, Gita cleans.", "Gita"),
    ("What year?", "It was built in 1889 by two brothers.", "1889"),
    ("By whom?", "It was built in 1889 by two brothers.", "two brothers"),
    ("Whose bag is it?", "The bag is Xenia's, the hat is mine.", "Xenia"),
    ("What does Bao play?", "Bao plays the violin and Edda sings.", "the violin"),
    ("Who sings?", "Bao plays the violin and Edda sings.", "Edda"),
    ("Where is Uwe?", "Uwe? He is in the cellar, I think.", "in the cellar"),
]


def short_contexts(count: int = 900, seed: int = 0) -> list[Example]:
    """`count` examples from the templates, and those written by hand.

    The same `count` and `seed` give the same examples. Each is a page of its own.
    """
    rng = random.Random(seed)
    made = [_example(rng, f"short context {n}") for n in range(count)]
    return made + [
        Example(question, context, ((answer, context.index(answer)),), context)
        for question, context, answer in BY_HAND
    ]


def _example(rng: random.Random, page: str) -> Example:
    """One to three facts in random order, and a question about one of them."""
    asked, questions = rng.choice(FACTS)
    question, kind = rng.choice(list(questions.items()))
    names = {k: rng.sample(words.split(), k=3) for k, words in KINDS.items()}
    chosen = {k: three[0].replace("_", " ") for k, three in names.items()}
    facts = [asked.format(**chosen)]
    for n in range(1, rng.choice([1, 2, 2, 3])):
        others = {k: three[n].replace("_", " ") for k, three in names.items()}
        facts.append(
            _other(rng, asked, kind, clashes=len(question) < 12).format(**others)
        )
    if len(facts) > 1 and rng.random() < 1 / 5:  # the fact that answers is left out
        context = " ".join(facts[1:])
        return Example(question.format(**chosen), context, (), page)
    rng.shuffle(facts)
    context = " ".join(facts)
    first = context.index(asked.format(**chosen)) + _before(asked, kind, chosen)
    return Example(question.format(**chosen), context, ((chosen[kind], first),), page)


def _other(rng: random.Random, asked: str, kind: str, clashes: bool) -> str:
    """Another fact; of the asked kind in about half the cases, if it cannot answer too.

    A question of a word or two, `Who?`, would be answered by any name: `clashes`.
    """
    same = [f for f, q in FACTS if f != asked and f"{{{kind}}}" in f]
    rest = [f for f, q in FACTS if f != asked and f"{{{kind}}}" not in f]
    return rng.choice(rest if clashes or rng.random() < 0.2 else same)


def _before(fact: str, kind: str, chosen: dict[str, str]) -> int:
    """How many characters of the fact come before its word of that kind."""
    return len(fact[: fact.index(f"{{{kind}}}")].format(**chosen))
