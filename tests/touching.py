"""Views as a reader touches them: pages with views, and what stands on them."""

import pytest
from chromium import watch

from companion import views

FRAME = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Views</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    "<body><main><h1>Views</h1>{}</main></body></html>"
)
DRAWN = """() => [...document.querySelectorAll('.attention-view')]
  .every((view) => view.querySelector('.stage svg'))"""


def written(path, shown):
    """Write a page with the views as the outputs of a live notebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(views.BOOK, raising=False)
        html = "".join(view._repr_html_() for view in shown)
    path.write_text(FRAME.format(html), "utf-8")
    return path


class Opening:
    """The page with its views drawn; at the end nothing went wrong on it."""

    def __init__(self, browser, address, **options):
        options = {"viewport": {"width": 1280, "height": 6000}, **options}
        self.context = browser.new_context(**options)
        self.address = address

    def __enter__(self):
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems = watch(self.page, self.address.split("#")[0])
        self.page.goto(self.address)
        self.page.wait_for_function(DRAWN)
        return self.page

    def __exit__(self, kind, *_):
        self.context.close()
        assert kind or self.problems == []


def of_kind(made, kind):
    """Those of some views that say that they are of a kind, in their order."""
    return [view for view in made if views.decode(view.html()).kind == kind]


def nth(page, number):
    """The view of this number on a page."""
    return page.locator(".attention-view").nth(number)


def control(view, name):
    """A choice of a view, by its name."""
    return view.get_by_role("combobox", name=name, exact=True)


def status(view):
    """What a view says of what it shows."""
    return view.locator(".status").inner_text()


def centre(locator):
    """The coordinates of the middle of an element, which is scrolled into sight."""
    locator.wait_for()
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def name_at(view, side, text):
    """The place of a token's name: the first with this text at a side."""
    names = view.locator(f".{side} text")
    return names.get_by_text(text, exact=True).first


LINES = """(all) => all.map((line) => [
  +line.dataset.head, +line.dataset.from, +line.dataset.to,
  +line.getAttribute("stroke-opacity"), getComputedStyle(line).display !== "none",
])"""


def strengths(view):
    """The strength of each line that can be seen, by its head and its two tokens."""
    found = view.locator(".lines line[data-head]").evaluate_all(LINES)
    return {tuple(at): strength for *at, strength, is_seen in found if is_seen}


def draws(view, wanted):
    """Tell whether a view draws these weights, by (head, from, to), the largest full.

    Weights and strengths are rounded, and the weakest lines left out.
    """
    drawn, full = strengths(view), max(wanted.values())
    assert set(drawn) <= set(wanted)
    off = [abs(drawn.get(at, 0) - weight / full) for at, weight in wanted.items()]
    return max(drawn.values()) == 1 and max(off) < 0.03
