"""On paper: a page printed in the light and in the dark, and the whole as one PDF."""

import functools
import re
import unicodedata
from html import unescape
from io import BytesIO

import nbformat
import pytest
from chromium import CHROMIUM
from pypdf import PdfReader

from tools import pdf

from .conftest import make
from .paper import texts

pytestmark = pytest.mark.slow

CAPTION = re.compile(
    r'<span class="caption-number">(Figure \S+) </span>(.*?)</p>', re.DOTALL
)
VIEW = re.compile(r'class="attention-view".*?(Figure \S+) </span>', re.DOTALL)


class Paper:
    """A PDF: its pages' text without spaces, and how many pictures each has."""

    def __init__(self, document):
        self.document, self.size = document, len(document)
        self.reader = PdfReader(BytesIO(document))
        self.root = self.reader.root_object

    @functools.cached_property
    def texts(self):
        return [squeezed(text) for text in texts(self.document)]

    def pages_with(self, text):
        """Where a text stands, from 0."""
        return [i for i, page in enumerate(self.texts) if squeezed(text) in page]

    def pictures(self, page):
        objects = self.reader.pages[page]["/Resources"].get("/XObject", {}).values()
        return sum(one.get_object()["/Subtype"] == "/Image" for one in objects)


def squeezed(text):
    """A text without spaces, and without the letters that a font joins."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def captions(html):
    """The number of each figure, with the first words below it."""
    for number, words in CAPTION.findall(html):
        plain = unescape(re.sub("<[^>]*>", "", words))
        yield number, f"{number} {plain[:30]}"


@pytest.fixture(scope="module")
def folder(book):
    """The folder of the one page with all chapters."""
    root = book.parents[1]
    make(root, "pdf")
    return root / "_build" / "singlehtml"


@pytest.fixture(scope="module")
def whole(folder):
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    return Paper(pdf.whole(folder))


def test_the_whole_book_is_small_enough_to_send(whole):
    assert 1_000_000 < whole.size < 20_000_000
    assert whole.reader.metadata.title == "Inside BERT"


def test_a_screen_reader_gets_its_structure_and_language(whole):
    assert whole.root["/MarkInfo"]["/Marked"]
    assert whole.root["/StructTreeRoot"]["/K"]
    assert whole.root["/Lang"] == "en"
    assert whole.root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_each_chapter_has_a_bookmark_and_its_page_in_the_contents(whole, folder):
    html = (folder / "index.html").read_text("utf-8")
    titles = re.findall(r"<h2>(?:<span[^>]*>([^<]*)</span>)?([^<]*)<", html)
    titles = [unescape("".join(title)) for title in titles]
    marks = list(pdf.entries(whole.root["/Outlines"]))
    pages = {
        mark["/Title"]: whole.reader.get_object(mark["/Dest"][0]) for mark in marks
    }
    numbers = {page.indirect_reference: i for i, page in enumerate(whole.reader.pages)}
    assert sum(re.match(r"\d", title) is not None for title in titles) == 10
    for title in titles:
        page = numbers[pages[title].indirect_reference]
        assert page in whole.pages_with(title), title
        if re.match(r"\d", title):
            assert squeezed(f"{title}{page + 1}") in whole.texts[1]


def test_each_link_is_alive(whole, folder):
    places = whole.reader.named_destinations
    links = [
        link.get_object()
        for page in whole.reader.pages
        for link in page.get("/Annots", [])
    ]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    assert len(inside) > 500
    assert {str(name) for name in inside} <= places.keys()
    outside = [link["/A"]["/URI"] for link in links if "/Dest" not in link]
    assert all(re.match("https?://", address) for address in outside)
    html = (folder / "index.html").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]*)"', html)
    wanted = re.findall(r'<a\b(?![^>]*headerlink)[^>]*href="#([^"]+)"', html)
    assert {name for name in wanted if ids.count(unescape(name)) != 1} == set()


def test_each_caption_is_below_its_picture(whole, folder):
    html = (folder / "index.html").read_text("utf-8")
    drawn = VIEW.findall(html)
    below = dict(captions(html))
    assert len(below) > 50
    wanted = [0] * len(whole.texts)
    for number, words in below.items():
        [page] = whole.pages_with(words)
        wanted[page] += number not in drawn
    torn = [i for i, count in enumerate(wanted) if whole.pictures(i) < count]
    assert torn == []


def shown(cell):
    """What a code cell has on a page, where it is short and nothing is folded."""
    tags = " ".join(cell.metadata.get("tags", []))
    outputs = [output.get("text", "") for output in cell.get("outputs", [])]
    is_short = cell.source.count("\n") < 10 and "".join(outputs).count("\n") < 20
    if "hide" not in tags and "answer = ..." not in cell.source and is_short:
        return cell.source + "".join(outputs)
    return ""


def test_no_cell_is_torn(whole, book):
    cells = [
        shown(cell)
        for path in sorted(book.parents[1].glob("notebooks/[01]*.ipynb"))
        for cell in nbformat.read(path, 4).cells
        if cell.cell_type == "code"
    ]
    cells = [cell for cell in cells if len(cell) > 100]
    assert len(cells) > 100
    assert [cell for cell in cells if not whole.pages_with(cell)] == []


def printed(browser, path, scheme):
    """A page as a reader prints it, and the theme that it has afterwards."""
    page = browser.new_page(
        color_scheme=scheme, viewport={"width": 1280, "height": 900}
    )
    page.goto(path.as_uri())
    page.wait_for_load_state("load")
    document = page.pdf(format="A4")
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.close()
    return Paper(document), theme


def test_a_dark_page_is_printed_as_a_light_one(book, browser):
    path = book / "notebooks" / "06_qa_head.html"
    light, _ = printed(browser, path, "light")
    dark, theme = printed(browser, path, "dark")
    assert theme == "dark"
    below = captions(path.read_text("utf-8"))  # of what waits for a guess, too
    assert [number for number, words in below if not light.pages_with(words)] == []
    pairs = zip(light.reader.pages, dark.reader.pages, strict=True)
    for one, other in pairs:
        assert one.get_contents().get_data() == other.get_contents().get_data()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_with_views_has_them_on_paper(book, browser, scheme):
    path = book / "notebooks" / "10_heads.html"
    paper, _ = printed(browser, path, scheme)
    assert squeezed("10. Heads: watch what") in paper.texts[0][:30]
    text = path.read_text("utf-8")
    drawn = VIEW.findall(text)
    assert len(drawn) > 3
    for number, words in captions(text):
        [page] = paper.pages_with(words)
        if number in drawn:
            assert re.search(r"\[CLS\]|layer0|Anton", paper.texts[page]), number
        else:
            assert paper.pictures(page), number
    assert paper.pages_with("# A solution")


def test_on_paper_formulas_have_their_font(book, browser):
    paper, _ = printed(browser, book / "notebooks" / "04_attention.html", "light")
    fonts = {
        font.get_object()["/BaseFont"]
        for page in paper.reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any(name.endswith("STIXTwoMath") for name in fonts)
