"""What a check says: "not answered yet", "right", or what is wrong, with a hint.

A check never raises, whatever it is given. `answer = ...` counts as not answered.
"""


def number(
    answer: object, wanted: float, hints: dict[float, str], otherwise: str
) -> None:
    """Print the verdict; `hints` are for wrong numbers that have a known reason."""
    if answer is ...:
        print("not answered yet")
        return
    try:
        number = float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        print(f"A number was asked for, not {answer!r}.")
        return
    if close(number, wanted):
        print("right")
        return
    reasons = (hint for wrong, hint in hints.items() if close(number, wrong))
    print(f"Not {number:,.6g}. {next(reasons, otherwise)}")


def close(a: float, b: float) -> bool:
    """Whether two numbers agree to four digits."""
    return abs(a - b) <= 1e-4 * abs(b)


def items(
    answer: object, wanted: list, hints: list[tuple[list, str]], otherwise: str
) -> None:
    """Print the verdict on a list, or a tuple; `hints` are for known wrong ones."""
    if answer is ...:
        print("not answered yet")
    elif not isinstance(answer, list | tuple):
        print(f"A list was asked for, not {answer!r}.")
    elif list(answer) == wanted:
        print("right")
    else:
        reasons = (hint for wrong, hint in hints if list(answer) == wrong)
        print(f"Not {list(answer)}. {next(reasons, otherwise)}")


def truth(answer: object, wanted: bool, hint: str) -> None:
    """Print the verdict on a yes or no, True or False."""
    if answer is ...:
        print("not answered yet")
    elif not isinstance(answer, bool):
        print(f"Answer True or False, not {answer!r}.")
    elif answer == wanted:
        print("right")
    else:
        print(f"Not so. {hint}")
