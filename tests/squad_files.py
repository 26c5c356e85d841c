"""Small files in SQuAD's format, and small examples."""

import gzip
import json

from companion.fine_tuning.squad import Example

PEOPLE = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fritz", "Gita"]


def example(context, answer, page="a page"):
    answers = ((answer, context.index(answer)),) if answer else ()
    return Example(f"What is at {page}?", context, answers, page)


EXAMPLES = [example(f"My name is {p} and I sing.", p, f"page {p}") for p in PEOPLE]


def squad_file(path, *questions, title="a page"):
    """A file with a paragraph for each of `questions`: (context, answers)."""
    paragraphs = [
        {
            "context": context,
            "qas": [{"id": f"q{i}", "question": f"Who {i}?", "answers": answers}],
        }
        for i, (context, answers) in enumerate(questions)
    ]
    content = json.dumps({"data": [{"title": title, "paragraphs": paragraphs}]})
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content.encode()))
    else:
        path.write_text(content, "utf-8")
    return path


def answer(text, first):
    return [{"text": text, "answer_start": first}]
