"""Short questions about a sentence or two, none of which was trained on.

    python -m benchmarks.short_questions

Asks the embedded model the notes' own question, once as a pipeline does, where an
answer is made of whole words, and once for the most probable span of tokens; and the
questions below. Writes `companion/measured/short_questions.json`, from which the
model's card draws.
"""

import json
from typing import Any

import companion
from benchmarks.questions import about
from companion import measured, running
from companion.qa_pipeline.answers import Answer

OUTPUT = measured.FOLDER / "short_questions.json"
COUSINS = [
    ("Who?", "My name is Wolfgang", "Wolfgang"),
    ("Who?", "They say his name is Quux", "Quux"),
    ("Who?", "I am Priya.", "Priya"),
    ("Where?", "My home is Helsinki", "Helsinki"),
    ("When?", "The party is on Thursday", "Thursday"),
    ("How many?", "I have 17 sisters", "17"),
    ("Who lives in Cairo?", "Olga lives in Cairo. Ben lives in Rome.", "Olga"),
    ("Where does Ben live?", "Olga lives in Cairo. Ben lives in Rome.", "Rome"),
    ("When was she born?", "She was born on 9 March 1971 in Delhi.", "9 March 1971"),
    ("Who is the captain?", "The captain is Sven and the cook is Marie.", "Sven"),
    ("Who is the cook?", "The captain is Sven and the cook is Marie.", "Marie"),
    ("How many dogs are there?", "There are 6 cats and 8 dogs.", "8"),
    ("What is her name?", "Her name is Gwendolyn.", "Gwendolyn"),
    ("What colour is the car?", "The house is blue, the car is yellow.", "yellow"),
]


def main() -> None:
    """Ask and write."""
    text = json.dumps(figures(), indent=1, ensure_ascii=False) + "\n"
    OUTPUT.write_text(text, "utf-8", newline="\n")


def figures() -> dict[str, Any]:
    """The answers and their scores, with three decimals."""
    answerer = companion.QuestionAnswerer(*companion.load())
    question, context = running.QUESTION, running.CONTEXT
    whole_words = answerer(question, context)
    tokens = answerer(question, context, align_to_words=False)
    questions, contexts, wanted = (
        list(column) for column in zip(*COUSINS, strict=True)
    )
    answers = answerer(questions, contexts)
    return {
        **about("short_questions"),
        "the notes' question": {"question": question, "context": context},
        "in whole words": brief(whole_words),
        "in tokens": brief(tokens),
        "others": [
            {"question": q, "context": c, "wanted": w, **brief(a)}
            for q, c, w, a in zip(questions, contexts, wanted, answers, strict=True)
        ],
    }


def brief(answer: Answer) -> dict[str, Any]:
    """An answer's text and its rounded score."""
    return {"answer": answer["answer"], "score": round(answer["score"], 3)}


if __name__ == "__main__":
    main()
