"""Small files in SQuAD's format."""

import gzip
import json


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
