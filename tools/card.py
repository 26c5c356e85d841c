"""Write the embedded model's card: `companion/embedded/README.md`.

    python -m tools.card

Every figure in it comes from a stored fact: the model's `training.json`, and what was
measured, in `companion/measured/`. The first half is that of any model's card; see
`companion.fine_tuning.card`.
"""

from textwrap import TextWrapper
from typing import Any

from companion import measured
from companion.fine_tuning import card
from companion.fine_tuning.evaluation import BINS, LONGEST_ANSWER, bin_of
from companion.loading import EMBEDDED
from tools.trials import ablations, full_length, lines, pair_row

fill = TextWrapper(88, break_on_hyphens=False, break_long_words=False).fill
WIKIPEDIA, QAMR = "squadshifts_new_wiki.json.gz", "qamr.json.gz"


def main() -> None:
    """Write the card."""
    (EMBEDDED / "README.md").write_text(text(), "utf-8", newline="\n")


def text() -> str:
    """The card, from the facts that are stored."""
    stages = card.stages_of(EMBEDDED)
    sections = [
        how_measured(stages),
        rounded(measured.results("rounded")),
        no_answer(measured.results("no_answer")),
        threshold(measured.results("calibration")["no_answer"]),
        short_questions(measured.results("short_questions")),
        second_stage(stages),
        ablations(measured.results("ablations")),
        full_length(measured.results("full_length"), measured.held_out_scores()),
    ]
    return card.text(EMBEDDED, more="".join(f"\n{wrapped(part)}" for part in sections))


def wrapped(section: str) -> str:
    """Break the paragraphs into lines; tables, commands and headings have their own."""
    blocks = section.strip("\n").split("\n\n")
    fixed = ("|", "#", "    ")
    return "\n\n".join(b if b.startswith(fixed) else fill(b) for b in blocks) + "\n"


def how_measured(stages: list[card.Stage]) -> str:
    """How the first table comes about, and that the scores are too low."""
    results = stages[-1]["results"]
    bins = [b for f in results.values() for b in f["reliability"]]
    third = [b for b in bins if bin_of(b["score"]) == 2]
    answers, right = (sum(b[name] for b in third) for name in ("questions", "right"))
    return f"""\
## How the figures are made

Each question of the first table is asked with its own paragraph, by the rules of SQuAD
1.1, longest answer {LONGEST_ANSWER} tokens; the book's own pipeline answers:

    python -m companion evaluate {" ".join(results)} --held-out

`training.json` has the same figures unrounded, and for each tenth of the score how many
answers have it and how many of them are right: a reliability diagram is drawn from
that. The scores are too low: of the {answers:,} answers with a score between 0.2 and
0.3, {right:,} are right.
"""


def rounded(figures: dict[str, Any]) -> str:
    """What the weights lose that run in the page."""
    full, page = (
        {**kind["domains"], "all": kind["all"]}
        for kind in (figures, figures["rounded"])
    )
    return f"""\
## In the page

The book's pages run the model in the browser, with each row of a matrix rounded to 8
bits. The same questions, asked with both:

    {figures["command"]}

| held out from | EM | rounded | F1 | rounded |
| --- | ---: | ---: | ---: | ---: |
{lines(pair_row(name, full[name], page[name]) for name in full)}
"""


def no_answer(figures: dict[str, Any]) -> str:
    """What becomes of questions that their paragraph does not answer."""
    rows = [*figures["domains"].items(), ("all", figures["all"])]
    return f"""\
## Questions without an answer

Some of the questions were asked again about another paragraph of the same page that has
none of the reference texts; where a page has no such paragraph, they were not. Now "no
answer" is allowed, and the rules of SQuAD 2.0 count. The last columns are the accuracy
of "answer" against "no answer" and the calibration error over all.

    {figures["command"]}

| held out from | with answer | EM | F1 | without | right | accuracy | error |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{lines(no_answer_row(name, summary) for name, summary in rows)}
"""


def no_answer_row(name: str, figures: dict[str, Any]) -> list[str]:
    """One file's figures; all its questions may have an answer."""
    answered = figures.get("with_answer", figures)
    without = figures.get("without_answer")
    return [
        name,
        f"{answered['questions']:,}",
        f"{answered['EM']:.1f}",
        f"{answered['F1']:.1f}",
        f"{without['questions']:,}" if without else "0",
        f"{without['EM']:.1f}" if without else "-",
        f"{figures['accuracy_answer_or_none']:.1f}" if without else "-",
        f"{figures['calibration_error']:.3f}",
    ]


def threshold(counts: dict[str, list[int]]) -> str:
    """What a threshold on the score of "no answer" does."""
    right, wrong = (counts[k][BINS // 2 :] for k in ("without", "with an answer"))
    return f"""\
The model says "no answer" where it is the most probable of all answers. With a
threshold of 0.5 it says so less often: for {sum(right)} of {sum(counts["without"])}
such SQuADShifts questions, and wrongly for {sum(wrong)} of
{sum(counts["with an answer"])} others. The counts by score are in
`companion/measured/calibration.json`:

    {measured.results("calibration")["command"]}
"""


def short_questions(figures: dict[str, Any]) -> str:
    """The notes' own question, and others like it."""
    notes, words = figures["the notes' question"], figures["in whole words"]
    others, columns = figures["others"], ("question", "context", "wanted", "answer")
    wrong = [o for o in others if o["answer"] != o["wanted"]]
    return f"""\
## Short questions

"{notes["question"]}" about "{notes["context"]}" gives {words["answer"]}, with a score
of {words["score"]:.3f} in whole words, as the pipeline answers; the span of tokens has
{figures["in tokens"]["score"]:.3f}. No text with {words["answer"]} was trained on. Of
{len(others)} other short questions, which were not trained on either,
{len(others) - len(wrong)} are answered right; wrong:

| question | context | wanted | answered |
| --- | --- | --- | --- |
{lines([o[c] for c in columns] for o in wrong)}

    {figures["command"]}
"""


def second_stage(stages: list[card.Stage]) -> str:
    """What changed on short and on long texts."""
    first, last = (s["results"] for s in (stages[0], stages[-1]))

    def change(name: str) -> str:
        return f"from {first[name]['EM']:.1f} to {last[name]['EM']:.1f}"

    return f"""\
## What the second stage brought

Stage 2 is there for short questions on a sentence, as QAMR has them. There it brought
EM {change(QAMR)}. On the paragraphs of Wikipedia EM went {change(WIKIPEDIA)}.
"""


if __name__ == "__main__":
    main()
