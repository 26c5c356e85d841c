"""What both pipelines are asked: short, strange and long contexts. See `make.py`."""

import random
import re
from itertools import cycle, islice, product
from pathlib import Path

from oracle import chronicle

QUESTIONS = [
    "Who?",
    "What is my name?",
    "When was it built?",
    "Where does she live?",
    "How much does it cost?",
    "Why did they leave?",
    "who wrote the letter, and to whom ?",
    "WHAT IS IT?!",
]
CONTEXTS = [
    "My name is Foo",
    "My name is Foo.\tYours is Bar.\r\nHers is Baz, and Baz's brother is Foo, too.",
    "Rain.",
    "1998",
    "The mill was built in 1871 of brick and larch. It cost 3,500 crowns; nobody paid.",
    "Anneliese Grüßgott-Peñalosa lives at Ærøskøbing with naïve Zoë. "
    "It cost £4.50 (€5).",
    "Cafe\u0301 Re\u0301sume\u0301 was opened by Jose\u0301 in Mu\u0308nster in 1931.",
    "她住在北京。他住在上海,信是王芳写的。这座桥建于一八九五年,花了三千元。",
    "東京タワーは1958年に建てられました。設計者は内藤多仲です。",
    "그녀는 서울에 산다. 편지는 민수가 썼다.",
    "היא גרה בירושלים. המכתב נכתב על ידי דוד בשנת 1948.",
    "تعيش ليلى في القاهرة، وكتب الرسالة يوسف عام 1952.",
    "Она живёт в Москве. Письмо написал Иван в 1903 году.",
    "I ❤ pizza 🍕 and 👩\u200d👩\u200d👧 lives in 🏠 at 5 € a day "
    "\U0001f1eb\U0001f1f7.",
    "a\u00a0b\u2003c\u200bd\ufeffe\u00adf live in g\u2028h",
    "[SEP] my name is [MASK], not [PAD]; she lives in [UNK] [SEP] [SEP]",
    "x" * 120 + " lives in " + "y" * 90 + ".",
    "http://example.org/a/b?c=d&e=f#g was written by nobody@example.org on 2001-02-03",
    "def f(x):\n\treturn x ** 2  # costs 2 flops, built by me",
    "Foo Foo foo FOO. Foo is Foo; foo's Foo-Foo is not Foo.",
    "the the the the the the the the the the the the the the the the the the the the",
    "She left because of the rain. They left because of the heat. It left at 7:30 p.m.",
    "Who? Me. Who? You. Who wrote the letter? Mara wrote it, to Luis.",
    "supercalifragilisticexpialidocious antidisestablishmentarianism lives in Llanfair",
]
BOOK = Path(__file__).parents[1] / "book"
SHORT_OPTIONS = [{}, {"align_to_words": False}]
OTHER_OPTIONS = [
    {"top_k": 5, "align_to_words": False},
    {"top_k": 3},
    {"max_answer_len": 1, "align_to_words": False},
    {"max_answer_len": 50, "align_to_words": False},
    {"handle_impossible_answer": True, "align_to_words": False},
    {"handle_impossible_answer": True, "top_k": 4, "align_to_words": False},
    {"max_seq_len": 512, "doc_stride": 0, "align_to_words": False},
]


def one_window() -> list[dict]:
    """Calls whose context fits one window; each is a dict of arguments."""
    calls = [
        {"question": question, "context": context, **options}
        for question, context, options in product(QUESTIONS, CONTEXTS, SHORT_OPTIONS)
    ]
    rng = random.Random(6)
    for _ in range(60):
        text, asked = chronicle.text_and_questions(rng, rng.randint(30, 160), 2)
        for question, _ in asked:
            calls += [
                {"question": question, "context": text, **options}
                for options in (*SHORT_OPTIONS, rng.choice(OTHER_OPTIONS))
            ]
    return calls


def several_windows() -> list[dict]:
    """Calls with the default lengths and contexts of 400 to 3,000 words.

    Lengths are spread evenly over their logarithm. Four questions of five have an
    answer in the text.
    """
    rng = random.Random(7)
    calls = []
    for _ in range(60):
        words = round(400 * 7.5 ** rng.random())
        text, asked = chronicle.text_and_questions(rng, words, 5)
        calls += [
            {"question": question, "context": text, "answered": answered}
            for question, answered in asked
        ]
    return calls


def in_prose() -> list[dict]:
    """A paragraph of facts anywhere in 400 to 3,000 words of this book's own prose.

    Two questions on each, called with the default lengths.
    """
    rng, prose = random.Random(8), _prose()
    calls = []
    for _ in range(100):
        words = round(400 * 7.5 ** rng.random())
        facts, asked = chronicle.paragraph_and_questions(rng)
        begin, paragraphs = rng.randrange(len(prose)), []
        for paragraph in islice(cycle(prose), begin, None):
            if sum(len(p.split()) for p in paragraphs) >= words:
                break
            paragraphs.append(paragraph)
        paragraphs.insert(rng.randint(0, len(paragraphs)), facts)
        text = "\n\n".join(paragraphs)
        calls += [
            {"question": question, "context": text, "answered": True}
            for question in rng.sample(asked, 2)
        ]
    return calls


def _prose() -> list[str]:
    """The book's longer paragraphs that have neither code nor a formula."""
    pages = "\n\n".join(p.read_text("utf-8") for p in sorted(BOOK.glob("0*.md")))
    pages = re.sub(r"(?s)```.*?```|\$\$.*?\$\$", "", pages)
    paragraphs = [" ".join(part.split()) for part in pages.split("\n\n")]
    return [
        p
        for p in paragraphs
        if len(p.split()) >= 25 and p[0].isalpha() and not set(p) & set("`{$|")
    ]
