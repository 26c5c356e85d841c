"""Chapter 9's exercises: label an answer, F1 by hand, count steps, find the rate."""

from companion.exercises.verdicts import grade, grade_items
from companion.fine_tuning.features import features_of
from companion.fine_tuning.squad import Example
from companion.loading import load

ASKED = Example(
    question="Where?",
    context="Ada Wolde lives in Lower Fenn.",
    answers=(("Lower Fenn", 19),),
    page="an exercise",
)


def check_labels(answer: object) -> None:
    """Check the first and last token of `Lower Fenn`."""
    tokenizer, _ = load()
    [window] = features_of([ASKED], tokenizer)
    start, end = window.start, window.end
    before = len(window.offsets) - len(tokenizer.tokenize(ASKED.context)) - 1
    hints = [
        ([start, end + 1], "The end label is the last token, not the one after."),
        ([start - before, end - before], "Count from [CLS], not from the context."),
        ([19, 28], "Those are characters; a label is a token."),
        ([19, 29], "Those are characters; a label is a token."),
        ([0, 0], "That is the label of a window without the answer."),
        ([start, start], "That is its first token, twice. Where does it end?"),
    ]
    if isinstance(answer, tuple):
        answer = list(answer)
    grade_items(answer, [start, end], hints, "Print the tokens with their numbers.")


def check_f1(answer: object) -> None:
    """Check the F1 of "a small museum" against "small museum of maps"."""
    hints = {
        4 / 7: "Articles do not count: `a` goes before the words are compared.",
        1.0: "That is the share of the model's words that are right, one of two parts.",
        0.5: "That is the share of the reference's words that the model has, one part.",
        3 / 4: "That is the plain mean of the two shares; F1 takes the harmonic one.",
        0.0: "That is the exact match.",
    }
    grade(answer, 4 / 6, hints, "Twice the shared words, over all words of both.")


def check_gpu_steps(answer: object) -> None:
    """Check the steps of a run on eight GPUs."""
    hints = {
        2 * 88_000 / 32: "That is for one GPU; here a step takes eight batches.",
        344: "That is one epoch.",
        687.5: "The last step of an epoch takes what is left: round up, then double.",
        8 * 688: "All eight take the same step together.",
    }
    grade(answer, 688, hints, "How many windows are in a step, and in two epochs?")


def check_rate(answer: object) -> None:
    """Check the learning rate in the middle of its way down."""
    hints = {
        0.5: "That is the share of the peak. Multiply by the peak.",
        1.2e-4: "That is the peak, which it leaves after the warm-up.",
        1.2e-4 * 53 / 100: "That is how far the run is; the rate is on its way down.",
        1.2e-4 * 47 / 100: "Nearly. The way down begins after the warm-up, at step 6.",
    }
    grade(answer, 0.6e-4, hints, "It falls from step 6 to step 100, in a line.")
