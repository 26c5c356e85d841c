"""Chapter 9's exercises: label an answer, F1 by hand, the band of chance."""

from companion.exercises.verdicts import Check, Items, Number
from companion.fine_tuning.features import features_of
from companion.fine_tuning.squad import Example
from companion.loading import load

ASKED = Example(
    question="Where?",
    context="Ada Wolde lives in Lower Fenn.",
    answers=(("Lower Fenn", 19),),
    page="an exercise",
)


@Check
def check_labels() -> Items:
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
    return Items([start, end], hints, "Print the tokens with their numbers.")


@Check
def check_f1() -> Number:
    """Check the F1 of "a small museum" against "small museum of maps"."""
    hints = {
        4 / 7: "Articles do not count: `a` goes before the words are compared.",
        1.0: "That is the share of the model's words that are right, one of two parts.",
        0.5: "That is the share of the reference's words that the model has, one part.",
        3 / 4: "That is the plain mean of the two shares.",
        0.0: "That is the exact match.",
    }
    return Number(4 / 6, hints, "Twice the shared words, over all words of both.")


@Check
def check_band() -> Number:
    """Check two standard errors, in points, of 60 % over 600 questions."""
    hints = {
        2.0: "That is one standard error.",
        0.04: "In points, please: 60 % are 60 points.",
        0.02: "That is one standard error, and as a share. Two, in points, please.",
        8.0: "That is the width of the whole band, from its left to its right end.",
    }
    return Number(4.0, hints, "The root of p times (100 - p) over n, twice.")
