"""Answering in a page, as a reader does: typing, clicking, by keyboard, on paper."""

import nbformat
import pytest
from chromium import barriers, watch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.application import Sphinx

from companion import exercises
from companion.exercises import check_score_cost
from tools import recall
from tools.sphinx_ext.answers.bundle import MODULES, joined, script
from tools.sphinx_ext.answers.fields import ASKED, field
from tools.sphinx_ext.answers.keys import key_of

pytestmark = pytest.mark.slow

STEM = "04_attention"
RIGHT = str(512 * 512 * 768)
QUESTIONS = recall.questions(STEM)


def cell(code, printed="", tags=()):
    shown = [new_output("stream", text=printed)] if printed else []
    return new_code_cell(
        code, outputs=shown, execution_count=1, metadata={"tags": [*tags]}
    )


def asking(check, before=""):
    code = f"{before}answer = ...\nexercises.{check}(answer)"
    return cell(code, "not answered yet\n")


CELLS = [
    new_markdown_cell("# A page\n\n## Guess\n\nBefore you look: how many are there?"),
    cell("print(7)", "seven\n", ["guess-first"]),
    new_markdown_cell("There are seven of them.\n\nAnother thought."),
    cell("print(8)", "eight\n", ["guess-first"]),
    new_markdown_cell("## Exercises\n\n### One"),
    asking("check_score_cost"),
    cell("# A solution\nanswer = 201_326_592", "right\n", ["hide-cell", "solution"]),
    new_markdown_cell("The product is what counts.\n\n### Two"),
    asking("check_types", "data = [1]\n"),
    new_markdown_cell("### Three"),
    asking("check_swap"),
    new_markdown_cell("## Recall\n\n:::{recall}\n:::"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    labels = {question.of for question in QUESTIONS} - {""}
    text = "# Start\n\n```{toctree}\n04_attention\n```\n\n"
    text += "".join(f"({label})=\n## {label}\n\n" for label in labels)
    (folder / "index.md").write_text(text, "utf-8")
    notebook = new_notebook(cells=CELLS)
    nbformat.write(notebook, folder / f"{STEM}.ipynb")
    settings = {
        "extensions": [
            "myst_nb",
            "tools.sphinx_ext.mathml",
            "tools.sphinx_ext.answers",
        ],
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
        "html_math_renderer": "mathml",
        "html_theme": "basic",
        "nb_ipywidgets_js": {},
        "project": "A page",
    }
    out = folder / "out"
    app = Sphinx(folder, None, out, folder / "doctrees", "html", settings, status=None)
    app.build()
    assert app.statuscode == 0
    return out / f"{STEM}.html"


@pytest.fixture(scope="module")
def tab(built, browser):
    """A page for all tests, as wide as a phone's, and what goes wrong in it."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    yield page, watch(page, built.parent.as_uri())
    page.close()


@pytest.fixture
def page(built, tab):
    """The page as one opens it who answered nothing yet."""
    page, problems = tab
    problems.clear()
    page.emulate_media(media="screen")
    page.goto(built.as_uri())
    page.evaluate("localStorage.clear()")
    page.reload()
    yield page
    assert problems == []


def exercise(page, number):
    return page.locator(".answer").nth(number)


def verdict(page, number):
    return exercise(page, number).get_by_role("status").inner_text()


def test_a_typed_answer_is_judged_and_said(page):
    assert verdict(page, 0) == "not answered yet"
    box = exercise(page, 0).get_by_role("textbox", name="Your answer")
    box.fill("512 * 512")
    exercise(page, 0).get_by_role("button", name="Check").click()
    assert verdict(page, 0) == check_score_cost.key().verdict(512 * 512)
    box.fill("201,326,592")
    box.press("Enter")
    assert verdict(page, 0).endswith("right")
    line = page.locator("#exercises .answers-progress")
    assert line.inner_text().startswith("1 of 3 right")


def test_true_and_false_are_two_buttons(page):
    page.get_by_role("button", name="True", exact=True).click()
    assert verdict(page, 2).startswith("Not so.")
    page.get_by_role("button", name="False", exact=True).focus()
    page.keyboard.press("Enter")
    assert verdict(page, 2).endswith("right")
    pressed = page.locator(".answer [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["False"]


def test_code_in_a_hint_is_code_and_html_is_text(page):
    box = exercise(page, 1).get_by_role("textbox")
    box.fill("<img src=x onerror=alert(1)>")
    box.press("Enter")
    assert "<img src=x" in verdict(page, 1)
    assert exercise(page, 1).locator("img").count() == 0


def test_answers_are_remembered_until_they_are_forgotten(page):
    exercise(page, 0).get_by_role("textbox").fill(RIGHT)
    exercise(page, 0).get_by_role("textbox").press("Enter")
    choose(page, 0, right(0))
    page.reload()
    assert exercise(page, 0).get_by_role("textbox").input_value() == RIGHT
    assert verdict(page, 0).endswith("right")
    assert reason(page, 0).startswith("Right.")
    page.locator("#exercises").get_by_role("button", name="Forget").click()
    assert verdict(page, 0) == "not answered yet"
    page.reload()
    assert exercise(page, 0).get_by_role("textbox").input_value() == ""
    assert reason(page, 0).startswith("Right.")  # of another section


def test_what_another_program_stored_does_no_harm(page):
    for stored in ("[1", "null", '"x"', '{"check_score_cost": 7, "recall/x/0": {}}'):
        page.evaluate("(v) => localStorage.setItem('inside-bert/answers', v)", stored)
        page.reload()
        assert verdict(page, 0) == "not answered yet"
        exercise(page, 0).get_by_role("textbox").fill(RIGHT)
        exercise(page, 0).get_by_role("textbox").press("Enter")
        assert verdict(page, 0).endswith("right")


def test_a_browser_that_keeps_nothing_judges_all_the_same(built, browser):
    context = browser.new_context()
    forbid = "Object.defineProperty(window, 'localStorage', {get() {throw 1}})"
    context.add_init_script(forbid)
    page = context.new_page()
    page.goto(built.as_uri())
    exercise(page, 0).get_by_role("textbox").fill(RIGHT)
    exercise(page, 0).get_by_role("textbox").press("Enter")
    assert verdict(page, 0).endswith("right")
    context.close()


def right(number):
    return [choice.is_right for choice in QUESTIONS[number].choices].index(True)


def choose(page, number, place):
    page.locator(".recall-question").nth(number).get_by_role("button").nth(
        place
    ).click()


def reason(page, number):
    return (
        page.locator(".recall-question").nth(number).get_by_role("status").inner_text()
    )


def test_each_choice_says_why(page):
    for number, question in enumerate(QUESTIONS):
        for place, choice in enumerate(question.choices):
            choose(page, number, place)
            said = reason(page, number)
            assert said.startswith("Right. " if choice.is_right else "No. ")
            assert choice.why.split("`")[0].split("$")[0].split("*")[0] in said
        choose(page, number, right(number))
    line = page.locator("#recall .answers-progress")
    assert line.inner_text().startswith("5 of 5 right")
    assert not page.get_by_text("The answers", exact=True).is_visible()


def test_a_question_is_a_group_that_its_text_names(page):
    words = QUESTIONS[0].text.rpartition(". ")[2]  # without a typographic apostrophe
    group = page.get_by_role("group", name=words)
    assert group.get_by_role("button").count() == len(QUESTIONS[0].choices)


def test_an_output_to_guess_waits_with_what_is_said_of_it(page):
    page.reload()
    said = page.get_by_text("There are seven of them.")
    button = page.get_by_role("button", name="I have guessed")
    assert outputs(page) == [("seven\n", False), ("eight\n", False)]
    assert said.get_attribute("hidden") == "until-found"
    button.click()
    assert outputs(page) == [("seven\n", True), ("eight\n", True)]
    assert said.get_attribute("hidden") is None
    page.reload()
    assert outputs(page) == [("seven\n", True), ("eight\n", True)]
    page.get_by_role("button", name="Hide it again").press("Enter")
    assert outputs(page) == [("seven\n", False), ("eight\n", False)]


def outputs(page):
    """The text of each output that may wait, and whether it is to be seen."""
    script = "(all) => all.map((pre) => [pre.textContent, pre.checkVisibility()])"
    found = page.locator(".tag_guess-first .cell_output pre").evaluate_all(script)
    return [tuple(one) for one in found]


def test_what_is_said_of_a_solution_waits_for_it(page):
    said = page.get_by_text("The product is what counts.")
    assert said.get_attribute("hidden") == "until-found"
    page.locator(".tag_solution summary").click()
    page.wait_for_function("!document.querySelector('.tag_solution + p[hidden]')")
    assert said.get_attribute("hidden") is None


def test_everything_is_there_without_a_script(built, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(built.as_uri())
    told = page.locator("noscript p").all_inner_texts()
    assert len([text for text in told if "by a script" in text]) == 3
    assert page.get_by_role("textbox").count() == 0  # none that would do nothing
    assert page.get_by_text("There are seven of them.").is_visible()
    assert page.locator(".recall-choices li").count() == 15
    page.get_by_text("The answers", exact=True).click()
    assert page.locator(".recall-right").count() == 5
    assert page.locator(".recall-right").first.is_visible()
    context.close()


def test_on_paper_there_are_questions_answers_and_outputs(page):
    page.emulate_media(media="print")
    assert page.locator(".recall-right").first.evaluate("(e) => e.checkVisibility()")
    assert page.get_by_role("button", name="Forget").count() == 0
    heights = page.locator("[hidden=until-found]").evaluate_all(
        "(all) => all.map((e) => getComputedStyle(e).contentVisibility)"
    )
    assert heights
    assert set(heights) == {"visible"}


def test_no_barrier(page):
    choose(page, 0, 0)
    page.evaluate("document.documentElement.lang = 'en'")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_cell_is_gone_but_for_what_it_gives(built):
    text = built.read_text("utf-8")
    assert "answer = ..." not in text
    assert "not answered yet" in text
    assert "data" in text
    assert RIGHT not in text.replace("_", "").split("<details")[0]


def test_a_page_without_answers_loads_no_script(built):
    assert "answers.js" in built.read_text("utf-8")
    assert "answers.js" not in built.with_name("index.html").read_text("utf-8")


def test_a_check_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="check_nothing"):
        key_of("check_nothing")


def test_a_module_comes_after_those_that_it_imports():
    with pytest.raises(ValueError, match=r"verdicts\.js imports typed\.js"):
        joined(("verdicts", "typed"))
    assert len(MODULES) == len(set(MODULES))
    assert "import " not in script().replace("import(", "")


def test_a_field_says_what_to_type():
    for name, words in (("check_types", "a list"), ("check_f1", "a number")):
        assert words in field(name, key_of(name))


def test_each_check_of_the_companion_has_one_field_in_the_book():
    book = "".join(path.read_text("utf-8") for path in recall.BOOK.glob("[0-9]*.md"))
    assert sorted(ASKED.findall(book)) == sorted(exercises.__all__)
