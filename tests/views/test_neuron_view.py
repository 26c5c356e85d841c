"""The neuron view, touched: from a token's query to its weights."""

import pytest
import torch
from touching import Opening, centre, control, draws, name_at, nth, of_kind, status

import companion
from companion import running, tokens

pytestmark = pytest.mark.slow

NEURON, PART = 0, 1
PLAIN = (running.QUESTION, running.CONTEXT)


@pytest.fixture(scope="module")
def made(made):
    """The views of this kind."""
    return of_kind(made, "neuron")


def table(weights, head, rows=range(10), columns=range(10)):
    return {(head, i, j): weights[head, i, j].item() for i in rows for j in columns}


def test_the_lines_are_the_weights_of_the_chosen_head(opened, weights):
    view = nth(opened, NEURON)
    assert draws(view, table(weights[2], 1))
    assert control(view, "Head").inner_text().split() == ["1", "5"]
    control(view, "Layer").select_option("4")
    control(view, "Head").select_option("5")
    assert draws(view, table(weights[4], 5))
    part = table(weights[0], 0, rows=[1, 2], columns=range(4, 9))
    assert draws(nth(opened, PART), part)


def test_a_click_on_a_token_shows_how_its_weights_come_about(opened, embedded):
    view = nth(opened, NEURON)
    assert view.locator(".computation").is_hidden()
    opened.mouse.click(*centre(name_at(view, "left", "F")))
    opened.mouse.move(5, 5)
    assert status(view).startswith("F reads, head 1: ")
    encoded = tokens.encode(embedded[0], *PLAIN)
    with torch.inference_mode():
        kept = companion.trace(embedded[1].bert, **encoded.model_inputs()).layers[2]
    rows = view.locator(".computation tbody tr")
    script = "(all) => all.map((row) => +row.dataset.score)"
    scores = torch.tensor(rows.evaluate_all(script))
    wanted = kept.scores[0, 1, 7]
    assert (scores - wanted).abs().max() < 0.02 * wanted.abs().max() + 0.1
    shown = rows.locator("td:last-child").all_inner_texts()
    assert [round(w, 2) for w in kept.weights[0, 1, 7].tolist()] == pytest.approx(
        [float(text) for text in shown], abs=0.0101
    )
    assert "query of F" in view.locator("thead").inner_text()


def test_pointing_at_a_number_says_it(opened, embedded):
    view = nth(opened, NEURON)
    control(view, "Token").select_option("left:7")
    encoded = tokens.encode(embedded[0], *PLAIN)
    with torch.inference_mode():
        kept = companion.trace(embedded[1].bert, **encoded.model_inputs()).layers[2]
    strip = view.locator("tbody tr").nth(4).locator(".strip").nth(1)
    box = strip.bounding_box()
    opened.mouse.move(box["x"] + box["width"] * 5.5 / 32, box["y"] + 5)
    words = status(view).replace("−", "-").split()
    assert words[:2] == ["Dimension", "5:"]
    query, key = kept.queries[0, 1, 7, 5], kept.keys[0, 1, 4, 5]
    assert float(words[3]) == pytest.approx(query.item(), abs=0.05)
    assert float(words[6]) == pytest.approx(key.item(), abs=0.05)


def test_a_chosen_token_is_kept_where_a_part_has_it(opened):
    view = nth(opened, NEURON)
    control(view, "Token").select_option("left:4")
    control(view, "Show").select_option(label="context to question")
    assert status(view).startswith("My reads")
    control(view, "Show").select_option(label="question to context")
    assert control(view, "Token").input_value() == ""
    assert view.locator(".computation").is_hidden()


def test_a_column_of_the_book_holds_all_columns_and_a_phone_the_names(browser, address):
    with Opening(browser, address, viewport={"width": 683, "height": 900}) as page:
        view = nth(page, NEURON)
        control(view, "Token").select_option("left:7")
        box = view.locator(".wide")
        assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    options = {"viewport": {"width": 390, "height": 900}, "has_touch": True}
    with Opening(browser, address, **options) as page:
        view = nth(page, NEURON)
        page.touchscreen.tap(*centre(name_at(view, "left", "F")))
        assert status(view).startswith("F reads, head 1: ")
        page.touchscreen.tap(*centre(view.locator("tbody .strip").first))
        assert status(view).startswith("Dimension 16: query ")
        box, name = view.locator(".wide"), view.locator("tbody th").nth(4)
        before = name.bounding_box()["x"]
        box.evaluate("(box) => box.scrollTo({left: 10_000, behavior: 'instant'})")
        assert abs(name.bounding_box()["x"] - before) < 1
