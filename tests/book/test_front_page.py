"""The front page: what it says of each chapter, and what one can do on it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe import MODERATE
from chromium import barriers, watch

from companion import running
from companion.qa_pipeline import QuestionAnswerer
from tools.sphinx_ext.thumbnails import DRAWINGS

BOOK = Path(__file__).parents[2] / "book"
CONTENTS = (BOOK.parent / "_toc.yml").read_text("utf-8")
CHAPTERS = re.findall(r"notebooks/(\d\d_\w+)", CONTENTS)
ROW = re.compile(
    r"^\| (\*\*)?(\d+)(?:\*\*)? \| \{doc\}`(\w+)` \|.*\| (\d+) \|$", re.MULTILINE
)
ROWS = {row[2]: row for row in ROW.findall((BOOK / "index.md").read_text("utf-8"))}
SHORT = ["01", "04", "06", "07"]


def minutes(chapter):
    """What a chapter says of its time, with the exercises, before its first cell."""
    text = (BOOK / f"{chapter}.md").read_text("utf-8").partition("```{code-cell}")[0]
    return re.search(r"About\s+(\d+)\s+minutes", text)


def test_each_chapter_has_a_row_and_a_drawing():
    assert list(ROWS) == CHAPTERS
    assert list(DRAWINGS) == CHAPTERS
    assert len({drawing() for drawing in DRAWINGS.values()}) == len(CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_row_has_the_chapters_own_number_and_time(chapter):
    _, number, _, time = ROWS[chapter]
    assert int(number) == int(chapter[:2])
    said = minutes(chapter)
    assert said, "a chapter says: About NN minutes with the exercises"
    assert said[1] == time


def test_the_short_path_is_in_bold_and_takes_three_hours_to_read():
    short = {name: int(time) for bold, _, name, time in ROWS.values() if bold}
    assert [name[:2] for name in short] == SHORT
    assert sum(short.values()) / 2 == pytest.approx(180, abs=30)


def test_the_picture_has_the_numbers_of_the_model_and_of_the_text(embedded):
    tokenizer, model = embedded
    picture = (BOOK / "_static" / "whole.svg").read_text("utf-8")
    count = len(running.example(tokenizer, model, "Who was her brother?").tokens)
    assert picture.count(f"{count} × {model.config.hidden_size} numbers") == 2
    assert f">{count} numbers<" in picture
    assert f">× {model.config.num_hidden_layers} layers<" in picture
    assert set(re.findall(r'href="(\w+)\.html"', picture)) <= set(CHAPTERS)


@pytest.fixture(scope="module")
def front(book, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = watch(page, book.as_uri())
    page.goto((book / "notebooks" / "index.html").as_uri())
    yield page
    page.close()
    assert problems == []


def shown(page):
    """The marked words, and the line that says the answer."""
    marks = page.locator(".asked-text mark").all_inner_texts()
    return marks, page.locator(".asked-answer").inner_text().split("\n")


@pytest.mark.slow
def test_a_click_on_a_question_marks_what_the_model_answers(front, embedded):
    answerer = QuestionAnswerer(*embedded)
    for question in [*running.QUESTIONS, running.HARD_QUESTION]:
        box = front.get_by_role("button", name=question).bounding_box()
        front.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        best = answerer(question, running.PARAGRAPH)
        marks, line = shown(front)
        assert marks == [best["answer"]]
        assert " ".join(line).split() == [
            *best["answer"].split(),
            "score",
            f"{best['score']:.2f}",
        ]
        assert front.locator(".asked-text").inner_text() == running.PARAGRAPH


@pytest.mark.slow
def test_a_question_without_an_answer_marks_nothing(front):
    front.get_by_role("button", name="What did the journey cost?").click()
    marks, line = shown(front)
    assert marks == []
    assert line[0].startswith("No answer")


@pytest.mark.slow
def test_all_can_be_done_by_keyboard_and_is_announced(front):
    first = front.locator(".asked-question").first
    first.focus()
    front.keyboard.press("Tab")
    front.keyboard.press("Enter")
    assert shown(front)[0] == ["Oslo"]
    assert front.locator("[aria-pressed=true]").all_inner_texts() == [
        "Where did Clara move the museum?"
    ]
    said = front.locator(".asked [role=status]")
    assert said.inner_text().startswith("Oslo")
    assert barriers(front, impacts=MODERATE) == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (360, 740)])
def test_the_first_screen_has_the_text_the_answer_and_questions(front, width, height):
    front.set_viewport_size({"width": width, "height": height})
    seen = ".asked-text", ".asked-answer", ".asked-question >> nth=1"
    for part in seen:
        box = front.locator(part).bounding_box()
        assert box["y"] + box["height"] < height, part
        assert box["x"] + box["width"] <= width, part


@pytest.mark.slow
def test_a_card_leads_to_its_chapter_wherever_it_is_clicked(front):
    front.set_viewport_size({"width": 1280, "height": 900})
    cards = front.locator(".card-chapter")
    assert cards.count() == len(CHAPTERS)
    for card, (chapter, row) in zip(cards.all(), ROWS.items(), strict=True):
        text = card.inner_text()
        assert text.startswith(f"{row[1]}. ")
        assert f"{row[3]} minutes" in text
        assert ("short path" in text) == (chapter[:2] in SHORT)
        card.scroll_into_view_if_needed()
        box = card.bounding_box()  # on the drawing
        at = [box["x"] + 40, box["y"] + 40]
        link = front.evaluate("(at) => document.elementFromPoint(...at).href", at)
        assert link.endswith(f"/{chapter}.html")


@pytest.mark.slow
def test_without_scripts_the_answers_can_be_read(book, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((book / "notebooks" / "index.html").as_uri())
    assert page.locator(".asked mark").inner_text() == "Anton"
    items = page.locator(".asked-questions li").all_inner_texts()
    for item, answer in zip(items, running.QUESTIONS.values(), strict=False):
        assert answer in item
    assert "no answer" in items[-1]
    context.close()


@pytest.mark.slow
def test_it_weighs_less_than_600_kb_and_takes_less_than_a_second(book, browser):
    """The bytes of all files it asks for, and the time that the page's thread works."""
    page, files = browser.new_page(viewport={"width": 1280, "height": 900}), set()
    page.on("request", lambda request: files.add(unquote(urlsplit(request.url).path)))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto((book / "notebooks" / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert page.locator(".asked.is-live").count() == 1
    metrics = session.send("Performance.getMetrics")["metrics"]
    assert 0 < {m["name"]: m["value"] for m in metrics}["TaskDuration"] < 1
    assert len(files) > 10
    assert sum(Path(name).stat().st_size for name in files) < 600_000
    page.close()
