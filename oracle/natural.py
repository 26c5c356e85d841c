"""Agreement with the old pipeline over several windows of natural text.

    python -m oracle.natural squadshifts_new_wiki.json.gz 60

Held-out questions of a SQuAD-format file, each about five neighbouring paragraphs of
its page, 400 to 1,200 words. The text is not stored, so this is run by hand; the result
is in `benchmarks/README.md`.
"""

import random
import sys
from pathlib import Path

import companion
from benchmarks.questions import held_out
from companion.fine_tuning.metrics import exact_match
from companion.fine_tuning.squad import Example
from oracle.make import ask_the_old_one

SHORTEST, LONGEST = 400, 1200  # words of a context


def main(path: Path, count: int) -> None:
    """Ask both, and print how often they agree and how often each is right."""
    asked = calls(path, count)
    theirs = ask_the_old_one([call for _, call in asked])
    answerer = companion.QuestionAnswerer(*companion.load())
    ours = [answerer(**call) for _, call in asked]
    same = sum(
        (a["start"], a["end"]) == (b["start"], b["end"])
        for a, b in zip(ours, theirs, strict=True)
    )
    print(f"{len(asked)} questions, the same place {same}")
    for name, answers in (("ours", ours), ("the old one", theirs)):
        right = sum(
            exact_match(answer["answer"], [text for text, _ in example.answers])
            for answer, (example, _) in zip(answers, asked, strict=True)
        )
        print(f"{name}: {right:.0f} exactly right")


def calls(path: Path, count: int) -> list[tuple[Example, dict[str, str]]]:
    """Questions with a context of several paragraphs."""
    examples = held_out(path)
    pages: dict[str, list[str]] = {}
    for example in examples:
        paragraphs = pages.setdefault(example.page, [])
        if example.context not in paragraphs:
            paragraphs.append(example.context)
    random.Random(0).shuffle(examples)
    chosen = []
    for example in examples:
        paragraphs = pages[example.page]
        place = paragraphs.index(example.context)
        context = "\n\n".join(paragraphs[max(0, place - 2) : place + 3])
        if SHORTEST <= len(context.split()) <= LONGEST:
            chosen.append((example, {"question": example.question, "context": context}))
    return chosen[:count]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
