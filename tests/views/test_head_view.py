"""The head view, touched: layers, heads, tokens at both sides, single lines."""

import pytest
from touching import centre, control, draws, name_at, nth, of_kind, status, strengths

pytestmark = pytest.mark.slow

HEAD, TWIN, LONG, ON_WHO = range(4)


@pytest.fixture(scope="module")
def made(made):
    """The views of this kind."""
    return of_kind(made, "head")


def table(weights, heads=range(12), rows=range(10), columns=range(10)):
    """Weights of one layer, (A, T, T), by head and tokens."""
    return {
        (h, i, j): weights[h, i, j].item() for h in heads for i in rows for j in columns
    }


def test_a_layer_and_a_part_are_chosen_and_the_lines_change(opened, weights):
    view = nth(opened, HEAD)
    assert draws(view, table(weights[0]))
    control(view, "Layer").select_option("5")
    assert draws(view, table(weights[5]))
    control(view, "Show").select_option(label="question to context")
    assert draws(view, table(weights[5], rows=[1, 2], columns=range(4, 9)))
    assert draws(nth(opened, TWIN), table(weights[0]))  # has its own choices


def test_it_opens_on_what_the_text_speaks_of(opened, weights):
    view = nth(opened, ON_WHO)
    assert control(view, "Layer").input_value() == "1"
    assert control(view, "Heads").input_value() == "8"
    assert status(view).startswith("Who reads, head 8: ? 0.98")
    # one line is strong; the others of this token are too weak to be seen
    assert list(strengths(view)) == [(8, 1, 2)]
    assert weights[1, 8, 1, 2] > 0.97


def test_a_head_is_switched_off_by_a_click_and_by_a_key(opened, weights):
    view = nth(opened, HEAD)
    squares = view.get_by_role("checkbox", name="head")
    assert squares.count() == 12
    opened.mouse.click(*centre(squares.nth(3)))
    assert squares.nth(3).get_attribute("aria-checked") == "false"
    assert draws(view, table(weights[0], heads={*range(12)} - {3}))
    squares.nth(3).focus()
    opened.keyboard.press("Space")
    assert draws(view, table(weights[0]))
    opened.keyboard.press("Enter")  # this one alone
    assert draws(view, table(weights[0], heads=[3]))
    assert control(view, "Heads").input_value() == "3"
    for wanted, count in (("7", 1), ("all", 12), ("0", 1)):
        control(view, "Heads").select_option(wanted)
        assert view.locator("[aria-checked=true]").count() == count


def test_a_double_click_shows_one_head_alone_and_all_again(opened, weights):
    view = nth(opened, HEAD)
    place = centre(view.get_by_role("checkbox", name="head 8"))
    opened.mouse.dblclick(*place)
    assert draws(view, table(weights[0], heads=[8]))
    opened.mouse.dblclick(*place)
    assert draws(view, table(weights[0]))
    assert opened.evaluate("getSelection().toString()") == ""  # no digit is marked


def test_the_last_head_stays_on(opened):
    view = nth(opened, HEAD)
    control(view, "Heads").select_option("2")
    opened.mouse.click(*centre(view.get_by_role("checkbox", name="head 2")))
    assert view.locator("[aria-checked=true]").count() == 1


def test_pointing_at_a_side_says_who_reads_and_who_is_read(opened, weights):
    view = nth(opened, HEAD)
    control(view, "Layer").select_option("1")
    control(view, "Heads").select_option("8")
    opened.mouse.move(*centre(name_at(view, "left", "Who")))
    assert status(view).startswith("Who reads, head 8: ? 0.98")
    opened.mouse.move(*centre(name_at(view, "right", "?")))
    assert status(view).startswith("? is read most, head 8, by: Who 0.98")
    shown = strengths(view)
    assert {to for _, _, to in shown} == {2}
    given = weights[1, 8, :, 2]
    seen = {i for i in range(10) if given[i] > 0.02 * weights[1, 8].max()}
    assert {i for _, i, _ in shown} == seen
    opened.mouse.move(5, 5)
    assert status(view).startswith("Point at a token")


def test_pointing_at_a_line_says_its_weight(opened, weights):
    view = nth(opened, HEAD)
    control(view, "Layer").select_option("1")
    control(view, "Heads").select_option("8")
    line = view.locator("line[data-from='4'][data-to='5']")  # My to name, in this head
    opened.mouse.move(*centre(line))
    words, weight = status(view).rsplit(" ", 1)
    assert words == "My reads name, head 8:"
    assert float(weight) == pytest.approx(weights[1, 8, 4, 5].item(), abs=0.0054)
    assert view.locator(".numbers text").all_text_contents() == [weight]


def test_a_click_keeps_a_token_until_the_next(opened):
    view = nth(opened, HEAD)
    place = centre(name_at(view, "left", "F"))
    opened.mouse.click(*place)
    opened.mouse.move(5, 5)
    assert status(view).startswith("F reads, mean of 12 heads: ")
    assert control(view, "Token").input_value() == "left:7"
    opened.mouse.click(*place)
    opened.mouse.move(5, 5)
    assert control(view, "Token").input_value() == ""


def test_a_token_is_chosen_by_keyboard_alone(opened, weights):
    view = nth(opened, HEAD)
    control(view, "Token").focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    assert status(view).startswith("Who reads, mean of 12 heads: ")
    mean = weights[0].mean(dim=0)[1]
    assert f"{mean.max():.2f}" in status(view)
    assert {i for _, i, _ in strengths(view)} == {1}


def test_a_chosen_token_is_kept_where_a_part_has_it(opened):
    view = nth(opened, HEAD)
    control(view, "Token").select_option("left:4")
    assert status(view).startswith("My reads")
    control(view, "Show").select_option(label="context to question")
    assert status(view).startswith("My reads")
    control(view, "Show").select_option(label="question to context")
    assert control(view, "Token").input_value() == ""
    assert "reads" not in status(view)


def test_a_long_text_shows_the_tokens_with_weight(opened):
    view = nth(opened, LONG)
    left = view.locator(".left text").all_text_contents()
    right = view.locator(".right text").all_text_contents()
    assert len(left) == len(right) == 24
    assert {"Who", "was", "her", "brother", "?"} <= set(left)
    assert "Anton" in right
    assert view.evaluate("(view) => view.clientHeight") < 900
    view.get_by_label("All tokens").check()
    assert view.locator(".left text").count() == 81


def test_the_controls_of_a_long_view_stay_in_sight(opened):
    opened.set_viewport_size({"width": 1280, "height": 700})
    view = nth(opened, LONG)
    view.get_by_label("All tokens").check()
    view.locator(".left text").last.scroll_into_view_if_needed()
    for part in (".controls", ".squares", ".status"):
        box = view.locator(part).bounding_box()
        assert 0 <= box["y"] < 250
