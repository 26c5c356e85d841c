"""Panels as a reader uses them: load, type, ask, cancel, link, without scripts."""

import re
from pathlib import Path

import pytest
from chromium import barriers, contrast, served
from live_pages import FRAME, opened, root
from playwright.sync_api import expect

from companion.live import scripts
from tools.sphinx_ext import live

pytestmark = pytest.mark.slow

PATIENCE = 120_000  # milliseconds, on a busy machine


# The colours of a drawing, above the middle and below it.
PAINTED = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const halves = [new Set(), new Set()];
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] === 255)
      halves[Math.floor((2 * i) / data.length)].add(data.slice(i, i + 3).join(", "));
  return JSON.stringify(halves.map((half) => [...half]));
}"""
CUT_OFF = """() => [...document.querySelectorAll(".live :is(.live-strip, .live-table)")]
  .filter((one) => one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.getAttribute("aria-label"))"""
# The first words that come when a box is changed two times, which puts it back.
TWICE = """(box) => new Promise((resolve) => {
  const said = box.closest(".live-result").lastChild;
  new MutationObserver(() => resolve(said.textContent))
    .observe(said, { childList: true });
  box.click();
  box.click();
})"""
AND_END = "(box) => { box.click(); insideBertModel.end(); }"
TOLD = """async () => {
  const told = [];
  const onProgress = (progress) => told.push(progress);
  await insideBertModel.ask("pieces", "Who?", "Foo", undefined, onProgress);
  return told;
}"""
FOCUSED = "(element) => element === document.activeElement"


def panel_of(page, kind):
    return page.locator(f'[data-shows="{kind}"]')


@pytest.fixture(scope="module")
def used(browser, site):
    """A page for all tests that read nothing but what they asked: see `ask`."""
    with opened(browser, site) as page:
        yield page


def ask(panel, question=None, text=None):
    """Put a question; what is found below the panel afterwards answers this one."""
    if question is not None:
        panel.get_by_label("Your question").fill(question)
    if text is not None:
        panel.get_by_label("Your text").fill(text)
    panel.locator(".live-result").evaluate("(result) => result.replaceChildren()")
    panel.locator("button[type=submit]").click()
    panel.locator(".live-result > *").first.wait_for(timeout=PATIENCE)
    return panel


def test_nothing_is_loaded_before_the_reader_asks(page):
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map((r) => r.name)"
    )
    assert not [name for name in loaded if re.search(r"layer|words|model\.js", name)]
    button = panel_of(page, "answer").get_by_role("button", name=re.compile("Load the"))
    megabytes = int(re.search(r"Load the model, (\d+) MB", button.inner_text())[1])
    assert 10 < megabytes <= 13
    assert panel_of(page, "answer").locator("mark").inner_text() == "Foo"


def test_a_question_and_a_text_of_ones_own(used):
    text = "Lena sells bread in Norrby.\nHer oven was built by Olaf in 1931."
    panel = ask(panel_of(used, "answer"), "Who built the oven?", text)
    mark = panel.locator(".live-result mark")
    mark.filter(has_text="Olaf").wait_for(timeout=PATIENCE)
    assert mark.inner_text() == "Olaf"
    assert panel.locator("blockquote").inner_text().startswith("Lena sells bread")
    assert panel.locator(".live-example").count() == 0
    assert panel.locator("[role=status]").inner_text() == "The answer: Olaf."
    panel.get_by_label("Your question").fill("When?")
    panel.get_by_label("Your question").press("Enter")
    mark.filter(has_text="1931").wait_for(timeout=PATIENCE)


def test_no_answer_is_said_with_the_nearest_piece(used):
    panel = panel_of(used, "answer")
    ask(panel, "What did it cost?", "Clara left Bergen in 1898.")
    status = panel.locator("[role=status]").filter(has_text="No answer.")
    status.wait_for(timeout=PATIENCE)
    assert panel.locator(".live-answer").inner_text().startswith("No answer (0.9")
    assert panel.locator("mark").count() == 0


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Who?", "  ", "The text is empty."),
        ("", "My name is Foo", "The question is empty."),
        ("Who?", "\u200e\u200f", "The text has nothing that the model could read."),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(used, question, text, said):
    panel = panel_of(used, "answer")
    panel.get_by_label("Your question").fill(question)
    panel.get_by_label("Your text").fill(text)
    panel.locator("button[type=submit]").click()
    panel.locator("[role=status]").filter(has_text=said).wait_for(timeout=PATIENCE)
    ask(panel, "Who?", "My name is Foo")  # and it goes on
    panel.locator(".live-result mark").filter(has_text="Foo").wait_for(timeout=PATIENCE)


def test_what_is_typed_is_text_never_markup(used):
    text = "<img src=x onerror=alert(1)> My name is </script><b>Foo</b> & Co."
    panel = ask(panel_of(used, "answer"), "<i>Who</i>?", text)
    panel.locator(".live-result blockquote").wait_for(timeout=PATIENCE)
    assert panel.locator("blockquote").inner_text() == text
    assert panel.locator("img, b, i").count() == 0
    ask(panel_of(used, "pieces"), "<i>Who</i>?", text)
    assert panel_of(used, "pieces").locator("img, i").count() == 0


@pytest.mark.parametrize(
    "text",
    ["x", "😀😀 Foo 😀", "היא גרה בירושלים", "x" * 5000, "她住在北京" * 90],
    ids=["one letter", "emoji", "right to left", "no space", "Chinese"],
)
def test_an_odd_text_has_its_answer_in_it(used, text):
    panel = ask(panel_of(used, "answer"), "Who?", text)
    quote = panel.locator(".live-result blockquote")
    quote.wait_for(timeout=PATIENCE)
    assert quote.inner_text().strip() == text


def test_a_long_text_is_read_in_windows_and_can_be_cancelled(page):
    panel = panel_of(page, "windows")
    ask(panel, "Who?", "My name is Foo")
    panel.get_by_label("Your text").fill("The mill stood by the river. " * 800)
    panel.locator("button[type=submit]").click()
    status = panel.locator("[role=status]")
    status.filter(has_text=re.compile(r"Window \d+ of \d\d")).wait_for(timeout=PATIENCE)
    panel.get_by_role("button", name="Cancel").click()
    status.filter(has_text="Cancelled.").wait_for(timeout=PATIENCE)
    assert panel.locator("button[type=submit]").evaluate(FOCUSED)
    panel.get_by_label("Your text").fill("It rained. " * 150 + "My name is Foo.")
    panel.locator("button[type=submit]").click()
    rows = panel.locator(".live-result tbody tr")
    status.filter(has_text="The answer:").wait_for(timeout=PATIENCE)
    assert rows.count() == 2
    assert rows.nth(0).locator("td").nth(1).inner_text().startswith("0 to ")


def test_pieces_follow_what_is_typed_and_need_no_weights(page):
    panel = panel_of(page, "pieces")
    panel.get_by_role("button", name="Load the tokenizer, 0.1 MB").wait_for()
    assert page.evaluate(TOLD) == []  # so little that no progress is shown
    ask(panel)
    rows = panel.locator(".live-result tbody tr")
    assert rows.nth(7).locator("td").all_inner_texts() == ["F", "143", "1", "7"]
    panel.get_by_label("Your text").press_sequentially(" Bar")
    panel.get_by_role("cell", name="Bar", exact=True).wait_for(timeout=PATIENCE)
    sources = "performance.getEntriesByType('resource').map((r) => r.name)"
    assert not [n for n in page.evaluate(sources) if re.search(r"layer\.\d", n)]


def test_a_piece_is_hidden_by_a_click_or_a_key_and_guessed(page):
    panel = panel_of(page, "guess")
    button = panel.get_by_role("button", name="Load the model that guesses")
    assert 20 < int(re.search(r", (\d+) MB", button.inner_text())[1]) < 30
    assert panel.get_by_label("Your question").count() == 0
    ask(panel, text="My name is Foo, and I live in London.")
    pieces = panel.get_by_role("group", name="Hide a piece").get_by_role("button")
    status = panel.locator("[role=status]")
    status.filter(has_text="Nothing is hidden.").wait_for(timeout=PATIENCE)
    pieces.nth(8).press("Enter")
    status.filter(has_text="For live: live, lived, am.").wait_for(timeout=PATIENCE)
    assert panel.locator(".live-guesses strong").inner_text() == "live"
    first = panel.locator(".live-bar").first
    assert first.inner_text() == "0.778"
    width = "(bar) => parseFloat(getComputedStyle(bar).backgroundSize)"
    assert first.evaluate(width) == pytest.approx(77.8, abs=0.1)
    pieces.nth(10).click()
    status.filter(has_text="For London: Mexico").wait_for(timeout=PATIENCE)
    assert pieces.nth(10).get_attribute("aria-pressed") == "true"
    assert pieces.nth(10).inner_text() == "[MASK]"
    assert panel.get_by_text(re.compile(r"^London, guess \d+$")).count() == 1
    pieces.nth(8).click()
    status.filter(has_text=re.compile("^For London: ")).wait_for(timeout=PATIENCE)
    assert pieces.nth(8).inner_text() == "live"
    panel.get_by_role("button", name="Link to this").click()
    asked = "text=My+name+is+Foo%2C+and+I+live+in+London.&hide="
    assert page.url.endswith(f"{asked}11")
    panel.get_by_label("Your text").fill("She read a book.")  # and not yet asked
    pieces.nth(8).click()
    status.filter(has_text=re.compile("^For live: .* For London: ")).wait_for()
    panel.get_by_role("button", name="Link to this").click()
    assert page.url.endswith((f"{asked}11+9", f"{asked}9+11"))
    ask(panel)
    status.filter(has_text="Nothing is hidden.").wait_for(timeout=PATIENCE)
    assert pieces.all_inner_texts()[-2:] == ["book", "."]
    panel.get_by_role("button", name="Link to this").click()
    assert page.url.endswith("text=She+read+a+book.&hide=")
    other = page.url.replace("a+book", "the+house")
    page.goto(f"{other}4")  # into the page that is open: it asks what the link says
    status.filter(has_text=re.compile("^For house: ")).wait_for(timeout=PATIENCE)


def test_a_text_that_is_too_long_for_guesses_is_refused_in_a_sentence(used):
    panel = panel_of(used, "guess")
    panel.get_by_label("Your text").fill("x " * 200)
    panel.locator("button[type=submit]").click()
    said = "Here at most 158 tokens are read, and these are 200."
    panel.locator("[role=status]").filter(has_text=said).wait_for(timeout=PATIENCE)


def test_a_head_that_is_switched_off_changes_the_score(page):
    panel = ask(panel_of(page, "heads"))
    panel.locator("select").nth(0).select_option("5")
    panel.locator("select").nth(1).select_option("0")
    sentence = panel.get_by_text(re.compile(r"^Layer 5, head 0: Who reads "))
    sentence.wait_for(timeout=PATIENCE)
    panel.get_by_role("button", name="name", exact=True).click()
    panel.get_by_text(re.compile(r"^Layer 5, head 0: name reads ")).wait_for()
    panel.get_by_role("checkbox").check()
    said = panel.get_by_text(re.compile(r"^With all heads: Foo .* With 1 switched off"))
    said.wait_for(timeout=PATIENCE)
    before, after = re.findall(r"\((\d\.\d+)\)", said.inner_text())
    assert before != after
    words = said.inner_text()
    assert panel.get_by_role("checkbox").evaluate(TWICE) == words
    panel.get_by_role("checkbox").evaluate(AND_END)
    panel.locator(".live-result").get_by_text("Cancelled.").wait_for(timeout=PATIENCE)
    panel.locator("summary").click()
    panel.locator("select").nth(1).focus()
    page.keyboard.press("ArrowDown")  # a choice keeps the focus, and what is open
    panel.get_by_text(re.compile(r"^Layer 5, head 1: name reads ")).wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    assert not panel.get_by_role("checkbox").is_checked()
    assert "divided by √32" in panel.locator("details").inner_text()


def test_each_token_has_three_vectors_and_their_sum(used):
    panel = ask(panel_of(used, "embeddings"))
    panel.get_by_role("button", name="F", exact=True).click()
    names = panel.locator("figcaption").all_inner_texts()
    assert [name.partition(";")[0] for name in names] == [
        *("word: F, id 143", "position 7", "token type 1"),
        *("their sum", "after LayerNorm, on a scale of its own"),
    ]
    [colours] = {canvas.evaluate(PAINTED) for canvas in panel.locator("canvas").all()}
    above, below = re.findall(r"\d+, *\d+, *\d+", colours)
    red, _, blue = map(int, above.split(","))
    assert red > 2 * blue  # orange above zero, as in the figures
    red, green, blue = map(int, below.split(","))
    assert blue > red > green  # purple
    for ground in ("255, 255, 255", "20, 24, 30"):
        assert min(contrast(above, ground), contrast(below, ground)) > 4


def test_spans_and_layers_show_what_the_head_says(used):
    spans = ask(panel_of(used, "spans"), text="It rained. " * 99 + "My name is Foo.")
    assert "Foo" in spans.locator("tbody tr").first.inner_text()
    for strip in ("Start probabilities", "End probabilities"):
        pieces = spans.get_by_role("group", name=strip).get_by_role("button")
        likely = pieces.filter(has_text=re.compile(r"^(F|##oo|Foo)$")).first
        likely.press("Enter")  # by a key: no pointer rests on it
        assert likely.get_attribute("aria-pressed") == "true"
    said = spans.locator(".live-result [role=status]").all_inner_texts()
    assert re.fullmatch(r"\S+: 0\.\d{3} to start", said[0]), said
    assert re.fullmatch(r"\S+: (0\.\d{3}|<0\.001) to end", said[1]), said
    used.emulate_media(media="print")
    cut_off = used.evaluate(CUT_OFF)
    used.emulate_media(media="screen")
    assert cut_off == []
    assert "Start probabilities" in used.evaluate(CUT_OFF)
    layers = ask(panel_of(used, "layers"))
    assert layers.locator("tbody tr").count() == 7
    assert layers.locator("tbody tr").last.inner_text().startswith("layer 5\tFoo\t0.99")
    proof = panel_of(used, "proof")  # of one question: there is nothing to type or link
    assert proof.locator("input, textarea").count() == 0
    assert ask(proof).get_by_role("button").all_inner_texts() == ["Compare again"]


def test_a_link_carries_question_and_text_in_its_fragment(page, site):
    panel = ask(panel_of(page, "answer"), "Who wrote?", "Åsa & Olaf wrote #1 = 50 %.")
    panel.get_by_role("button", name="Link to this").click()
    address = page.url
    assert "#ask:" in address
    page.goto("about:blank")
    page.goto(address)
    panel = panel_of(page, "answer")
    assert panel.get_by_label("Your question").input_value() == "Who wrote?"
    assert (
        panel.get_by_label("Your text").input_value() == "Åsa & Olaf wrote #1 = 50 %."
    )
    other = panel_of(page, "spans")  # the page's other panels are as they were
    assert other.get_by_label("Your question").input_value() == "Who?"
    page.goto(address.replace("Who", "What"))  # into the page that is open
    expect(panel.get_by_label("Your question")).to_have_value("What wrote?")
    assert other.get_by_label("Your question").input_value() == "Who?"
    loaded = "performance.getEntriesByType('resource').length"
    assert page.evaluate(loaded) < 5  # the link alone loads no model
    panel.locator("button[type=submit]").click()
    page.goto(address.replace("Olaf", "Foo"))  # while the model comes
    quote = panel.locator(".live-result blockquote")
    expect(quote).to_have_text("Åsa & Foo wrote #1 = 50 %.", timeout=PATIENCE)


def test_a_link_carries_layer_head_and_token(page):
    panel = ask(panel_of(page, "heads"))
    panel.locator("select").nth(0).select_option("3")
    panel.locator("select").nth(1).select_option("7")
    panel.get_by_role("button", name="My", exact=True).click()
    panel.get_by_role("button", name="Link to this").click()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert 0 < panel_of(page, "heads").bounding_box()["y"] < 100  # below a page's bar
    panel = ask(panel_of(page, "heads"))
    panel.get_by_text(re.compile(r"^Layer 3, head 7: My reads ")).wait_for()
    page.goto(address.replace("layer=3", "layer=99").replace("token=4", "token=x"))
    panel.get_by_text(re.compile(r"^Layer 5, head 7: \[CLS\] reads ")).wait_for()


def test_served_it_is_the_same_and_damage_is_named(browser, site, tmp_path):
    for name in ("page.js", "live.css", "tokenizer.js", "model.js"):
        place = tmp_path / "_static" / "live" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((site / "_static" / "live" / name).read_bytes())
    (tmp_path / "index.html").write_text(FRAME.format(root("answer")), "utf-8")
    damaged = (site / "_static" / "live" / "layer.0.js").read_text()
    damaged = damaged[:99_000] + damaged[99_100:99_200] + damaged[99_100:]
    (tmp_path / "_static" / "live" / "layer.0.js").write_text(damaged)
    with served(tmp_path) as address:
        page = browser.new_page()
        page.goto(f"{address}/index.html")
        panel = panel_of(page, "answer")
        panel.locator("button[type=submit]").click()
        status = panel.locator("[role=status]")
        status.filter(has_text="layer.0 is damaged").wait_for(timeout=PATIENCE)
        page.reload()
        an_old_failure_says_nothing_of_a_new_request(page, panel)
        status.filter(has_text="layer.0 is damaged").wait_for(timeout=PATIENCE)
        for change in (Path.unlink, lambda path: path.write_text("<p>Busy</p>")):
            change(tmp_path / "_static" / "live" / "layer.0.js")
            page.reload()
            panel.locator("button[type=submit]").click()
            status.filter(has_text="layer.0 could not be loaded").wait_for(
                timeout=PATIENCE
            )
        page.close()


def an_old_failure_says_nothing_of_a_new_request(page, panel):
    """Cancel while a block is on its way, ask again, and only then let it fail."""
    held = []
    page.route("**/layer.0.js", lambda route: held.append(route))
    scripts_of = "document.querySelectorAll('script[src$=\"layer.0.js\"]')"
    panel.locator("button[type=submit]").click()
    page.wait_for_function(f"{scripts_of}.length === 1", timeout=PATIENCE)
    panel.get_by_role("button", name="Cancel").click()
    panel.locator("button[type=submit]").click()
    page.wait_for_function(f"{scripts_of}.length === 2", timeout=PATIENCE)
    page.evaluate(f"{scripts_of}[0].dispatchEvent(new Event('error'))")
    for route in held:
        route.continue_()
    page.unroute("**/layer.0.js")


@pytest.fixture(scope="module")
def full(browser, site):
    """A page that shows what each kind of panel shows."""
    with opened(browser, site) as page:
        for kind in live.KINDS:
            ask(panel_of(page, kind))
        yield page


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_and_use_it(full, width, scheme):
    full.set_viewport_size({"width": width, "height": 800})
    full.emulate_media(color_scheme=scheme)
    assert full.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(full) == []
    small = """() => [...document.querySelectorAll(".live :is(button, select)")]
      .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)
      .map((e) => e.outerHTML)"""
    assert full.evaluate(small) == []


def test_without_scripts_and_on_paper_the_example_stands(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert panel_of(page, "answer").locator("mark").inner_text() == "Foo"
    context.close()


def test_an_insert_is_a_file_and_no_import_is_left():
    for text in (scripts.worker(), scripts.page({})):
        assert "/* insert" not in text
        assert not re.search(r"^(import|export) ", text, re.MULTILINE)
        assert "</script" not in text.lower()
