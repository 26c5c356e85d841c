"""The layer slider, touched: steps, maps, names."""

import re

import pytest
from touching import Opening, centre, control, nth, of_kind, status

from companion import views

pytestmark = pytest.mark.slow

SLIDER = 0
SHARE = re.compile(
    r"(Embeddings|After layer \d): the plane shows (\d+) % of the spread of these "
    r"vectors(?:; no other plane shows more at this step)?\."
)
PLACES = "(all) => all.map((dot) => dot.style.transform)"
NAMES = """(all) => all.filter((dot) => dot.classList.contains("named"))
  .map((dot) => dot.textContent)"""
BOXES = """(all) => all.filter((dot) => dot.classList.contains("named"))
  .map((dot) => dot.querySelector("text").getBBox())
  .map(({x, y, width, height}, i) => {
    const [dx, dy] = all.filter((dot) => dot.classList.contains("named"))[i]
      .style.transform.match(/-?[\\d.]+/g).map(Number);
    return [x + dx, y + dy, x + dx + width, y + dy + height];
  })"""


@pytest.fixture(scope="module")
def made(made):
    """The view of this kind."""
    return of_kind(made, "layers")


def test_the_tokens_move_from_layer_to_layer(opened, made):
    view = nth(opened, SLIDER)
    points = views.decode(made[SLIDER].html()).points
    first = view.locator(".dot").evaluate_all(PLACES)
    assert len(first) == 81
    view.get_by_role("slider").focus()
    opened.keyboard.press("ArrowRight")
    assert view.locator("output").inner_text() == "after layer 0"
    second = view.locator(".dot").evaluate_all(PLACES)
    moved = [one != other for one, other in zip(first, second, strict=True)]
    assert moved == (points[0] != points[1]).any(dim=-1).tolist()
    opened.keyboard.press("End")
    slider = view.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "after layer 5"


def test_only_the_tokens_that_matter_have_names(opened):
    view = nth(opened, SLIDER)
    names = view.locator(".dot").evaluate_all(NAMES)
    assert {"Who", "was", "her", "brother", "?", "Anton"} <= set(names)
    assert len(names) < 15
    legend = view.locator(".legend").inner_text()
    for group in ("question", "the answer", "its rivals", "special tokens"):
        assert group in legend


# The names that stand away from their points, without a line to them.
ASTRAY = """(all) => all.filter((dot) => dot.classList.contains("named"))
  .filter((dot) => {
    const { x, y, width, height } = dot.querySelector("text").getBBox();
    const [right, down] = [Math.max(x, -x - width, 0), Math.abs(y + height / 2)];
    const line = dot.querySelector(".leader");
    return Math.hypot(right, down) > 19 && !+line.getAttribute("y2");
  })
  .map((dot) => dot.textContent)"""


def test_no_name_lies_on_another_or_is_lost(opened):
    view = nth(opened, SLIDER)
    for step in range(7):
        view.get_by_role("slider").fill(str(step))
        assert view.locator(".dot").evaluate_all(ASTRAY) == []
        boxes = view.locator(".dot").evaluate_all(BOXES)
        for k, (left, top, right, bottom) in enumerate(boxes):
            for x0, y0, x1, y1 in boxes[k + 1 :]:
                apart = right <= x0 or x1 <= left or bottom - 3 <= y0 or y1 - 3 <= top
                assert apart, step


def test_pointing_at_a_point_names_it(opened):
    view = nth(opened, SLIDER)
    circle = view.locator(".dot[data-group=context] circle").first
    opened.mouse.move(*centre(circle))
    dots = view.locator(".dot[data-group=context]")
    assert dots.evaluate_all(NAMES) != []
    opened.mouse.move(5, 5)
    assert dots.evaluate_all(NAMES) == []
    control(view, "Name").select_option(label="80 [SEP]")
    assert view.locator(".dot[data-group=special]").evaluate_all(NAMES) == ["[SEP]"]


def test_each_step_has_its_own_best_map(opened, made):
    view = nth(opened, SLIDER)
    held = views.decode(made[SLIDER].html())
    shares = []
    for label in ("one for all steps", "each step's own best"):
        control(view, "Map").select_option(label=label)
        shares.append([])
        for step in range(7):
            view.get_by_role("slider").fill(str(step))
            place, percent = SHARE.fullmatch(status(view)).groups()
            assert place.lower() == view.locator("output").inner_text()
            shares[-1].append(int(percent))
    together, alone = shares
    assert all(own >= one for own, one in zip(alone, together, strict=True))
    assert alone[6] > 3 * together[6]
    assert held.own.shape == held.points.shape


def test_play_goes_through_all_steps_and_stops(opened):
    view = nth(opened, SLIDER)
    opened.mouse.click(*centre(view.get_by_role("button", name="Play")))
    opened.mouse.click(*centre(view.get_by_role("button", name="Pause")))
    assert view.locator("output").inner_text() == "embeddings"
    view.get_by_role("button", name="Play").click()
    view.locator("output", has_text="after layer 5").wait_for()
    view.get_by_role("button", name="Play").click()  # it stands at the last step
    view.get_by_role("button", name="Pause").click()
    assert view.locator("output").inner_text() == "embeddings"
    assert view.get_by_role("slider").input_value() == "0"


def test_on_a_phone_names_are_as_large_as_at_a_desk(browser, address):
    options = {"viewport": {"width": 390, "height": 900}, "has_touch": True}
    with Opening(browser, address, **options) as page:
        view = nth(page, SLIDER)
        view.scroll_into_view_if_needed()
        size = "(text) => text.getBoundingClientRect().height"
        assert view.locator(".named text").first.evaluate(size) > 12
        dots = view.locator(".dot[data-group=context]")
        page.touchscreen.tap(*centre(dots.locator("circle").first))
        assert len(dots.evaluate_all(NAMES)) == 1


def test_who_wants_less_motion_sees_no_point_travel(browser, address):
    travels = "(dot) => getComputedStyle(dot).transitionDuration"
    for wish, seconds in (("reduce", "0s"), ("no-preference", "0.6s")):
        with Opening(browser, address, reduced_motion=wish) as page:
            dot = nth(page, SLIDER).locator(".dot").first
            assert dot.evaluate(travels) == seconds
