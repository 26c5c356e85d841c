"""Chapter 7's exercises: count windows, find who speaks, widen spans, set a limit."""

from companion import measured
from companion.exercises.verdicts import Check, Number
from companion.qa_pipeline.windows import cut


@Check
def check_windows() -> Number:
    """Check the number of windows for 1,100 tokens, 384 wide and sharing 128."""
    hints = {
        3: "That is without overlap. Neighbours share 128 tokens.",
        4: "Nearly. The question's 13 tokens and three special ones take room too.",
        6: "One too many: the last window ends where the context ends.",
    }
    wanted = len(cut(1100, room=384 - 13 - 3, stride=128))
    return Number(wanted, hints, "How far is it from one window's start to the next?")


@Check
def check_speaker() -> Number:
    """Check which window speaks for token 100: windows of 50 that share 20."""
    hints = {
        2: "Window 2 has 9 tokens after this one. How many has window 3 before it?",
        1: "Window 1 ends at token 79.",
        4: "Window 4 starts at token 120. Windows count from 0.",
    }
    return Number(3, hints, "Which windows hold token 100? They start 30 tokens apart.")


@Check
def check_widening() -> Number:
    """Check how many token spans widen to a word of four pieces."""
    hints = {
        16: "That is every pair of pieces; some end before they start.",
        4: "Those are the single pieces. Longer spans widen to the word too.",
        6: "Those are the spans of two or more pieces. A single piece is a span too.",
        1: "That is the whole word. A span of some of its pieces widens to it too.",
    }
    return Number(10, hints, "With which pieces can a span start, and end?")


@Check
def check_threshold() -> Number:
    """Check the share of right answers among those with a score above a half."""
    bins = measured.results("calibration")["best_answer"]
    shown, everything = bins[len(bins) // 2 :], sum(b["questions"] for b in bins)
    right, questions = (sum(b[k] for b in shown) for k in ("right", "questions"))
    shares = [b["right"] / b["questions"] for b in shown if b["questions"]]
    hints = {
        questions / everything: "That is how many are shown, not how many are right.",
        right / everything: "Divide by the answers that are shown, not by all.",
        sum(shares) / len(shares): "A bin with more questions has to count for more.",
        100 * right / questions: "As a share, please: a number between 0 and 1.",
        sum(b["right"] for b in bins) / everything: "That is the share in all bins.",
    }
    return Number(right / questions, hints, "Add up the right ones of the upper bins.")
