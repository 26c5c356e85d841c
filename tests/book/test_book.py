"""The book's files: sources and notebooks are pairs, and what is stored is checked."""

import copy
import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from tools import kernels, plain
from tools.notebooks import EXECUTE, faults_of, notebook_of, sources

ROOT = Path(__file__).parents[2]

SOURCES = sources()
PATHS = re.compile(r"(/home/|/root/|/tmp/|/Users/|[A-Z]:\\|site-packages|\.venv)")
BARS = re.compile(r"(\d+%\|| it/s|\d+/\d+ \[)")


def stored(source):
    return nbformat.read(notebook_of(source), as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell):
    """Every text in a cell's outputs, as it stands in the file."""
    for output in cell.outputs:
        yield output.get("text", "")
        for kind, data in output.get("data", {}).items():
            if not kind.startswith("image/"):
                yield data if isinstance(data, str) else json.dumps(data)


def test_each_source_has_a_notebook_and_each_notebook_a_source():
    assert len(SOURCES) >= 2
    notebooks = set((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks == {notebook_of(source) for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_notebook_is_its_source_in_plain_markdown(source):
    notebook, page = stored(source), jupytext.read(source)
    for ours, run in zip(code_cells(page), code_cells(notebook), strict=True):
        ours.outputs, ours.execution_count = (
            copy.deepcopy(run.outputs),
            run.execution_count,
        )
    assert notebook.cells == plain.plain(page, source.stem)


MYST = re.compile(r"\{[\w:-]+\}`|^\s*[:`]{3,}\s*\{|^\([\w-]+\)=$|^: |^% ", re.MULTILINE)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_no_role_and_no_directive_is_left_in_a_notebook(source):
    for cell in stored(source).cells:
        if cell.cell_type == "markdown":
            assert not MYST.search(cell.source), cell.source
        assert "mystnb" not in cell.metadata


@pytest.mark.parametrize(
    "bad", ["{ref}`x <y>`", "```{note}\nx", ":::{tip}", "(label)=", "term\n: text"]
)
def test_the_search_for_myst_can_find_some(bad):
    assert MYST.search(f"A line.\n{bad}\n")


def headings(notebook):
    """The anchors of a notebook's headings, as front ends of Jupyter make them."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return {h.replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_each_link_in_a_notebook_leads_somewhere(source):
    folder = notebook_of(source).parent
    for cell in stored(source).cells:
        found = re.findall(r"\]\(([^)\s]*)\)", cell.source)
        for link in found if cell.cell_type == "markdown" else []:
            path, anchor = urldefrag(link)
            if path.startswith("https://"):
                continue
            target = folder / path if path else notebook_of(source)
            assert target.is_file(), link
            if anchor:
                assert anchor in headings(nbformat.read(target, as_version=4)), link


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_notebook_says_first_where_the_companion_comes_from(source):
    title, where = stored(source).cells[0].source.split("\n\n")[:2]
    chapter = plain.chapter_of(source.stem)
    assert title.startswith(f"# {chapter}. " if chapter else "# ")
    for words in ("`companion`", "clone", "repository", "`pip install -e`"):
        assert words in where


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_folded_solution_gives_nothing_away(source):
    """JupyterLab shows a folded cell's first line."""
    for cell in code_cells(stored(source)):
        if "solution" in cell.metadata.get("tags", []):
            assert cell.metadata.jupyter == {
                "source_hidden": True,
                "outputs_hidden": True,
            }
            assert cell.source.startswith("# A solution\n")


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_each_code_cell_was_executed_in_order(source):
    counts = [cell.execution_count for cell in code_cells(stored(source))]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_no_warning_no_path_no_bar_is_stored(source):
    for cell in code_cells(stored(source)):
        assert not [o for o in cell.outputs if o.output_type == "error"], cell.source
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell.source
        for text in texts(cell):
            assert "Warning" not in text, cell.source
            assert not PATHS.search(text), cell.source
            assert not BARS.search(text), cell.source


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_nothing_of_this_machine_or_this_day_is_stored(source):
    notebook = stored(source)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_cell_is_short_and_each_picture_is_described(source):
    cells = stored(source).cells
    for cell, after in pairwise(cells):
        if cell.cell_type == "code":
            assert cell.source.count("\n") < 15, cell.source
            assert all(len(line) <= 80 for line in cell.source.split("\n")), cell.source
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    shown = output.metadata["image/png"]
                    assert len(shown["alt"]) > 40
                    assert shown["width"] < 600  # front ends show it at this width
                    assert re.match(r"\*Figure [\d.]+\. \S", after.source), cell.source


NUMBER = re.compile(
    r"(?<![\w.-])\d{1,3}(?:,\d{3})+(?![\w-])|(?<![\w.-])\d+\.\d+(?![\w-])"
)
# What a page says of other works, with its source beside it.
FROM_ELSEWHERE = {
    "03_embeddings": {"0.9", "3.5"},  # what dropout divides by; a section
    "02_tokens": {"4.1"},
    "01_architecture": {"0.9219", "1,024", "4,096", "30,522", "100,000", "4.2"},
    "05_encoder": {"3.3"},  # a section
    "04_attention": {"3.2"},  # a section of a paper
    "06_qa_head": {"4.2", "4.3", "5.2"},  # sections of a paper, a version
    "07_qa_pipeline": {"5.2", "7,000", "1,100"},  # a version, numbers of tasks
    "engineers": {"5.2", "5.3"},  # versions
    "10_heads": {"1,000"},  # texts that a paper counted over
    # millions of words, a section, an exercise
    "08_pretraining": {"2,500", "3.1", "0.5", "0.125", "0.6931"},
    # licences, SQuAD's version and size, a paper's results, a count
    "09_fine_tuning": {
        "3.0",
        "4.0",
        "1.1",
        "88,000",
        "14.0",
        "17.4",
    },
    "from_the_notes": {"0.9219040870666504"},
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_each_number_in_the_text_stands_in_an_output(source):
    outputs = "\n".join(t for cell in code_cells(stored(source)) for t in texts(cell))
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "markdown":
            quoted = set(NUMBER.findall(cell.source))
            for number in quoted - FROM_ELSEWHERE.get(source.stem, set()):
                assert number in outputs, f"{number} in: {cell.source[:300]}"


@pytest.fixture(scope="module")
def client(other_checkpoint, tmp_path_factory):
    """One kernel with another model for all chapters: its imports outlast the cells."""
    folder = tmp_path_factory.mktemp("kernel")
    model = {"COMPANION_MODEL": str(other_checkpoint)}
    client = NotebookClient({}, kernels.manager(folder), **EXECUTE)
    client.resources["metadata"] = {"path": ROOT / "notebooks"}
    with client.setup_kernel(env=kernels.environment(folder) | model, cleanup_kc=True):
        yield client


# What a chapter leaves in the kernel that another one would see.
AFRESH = "import torch\ntorch.set_grad_enabled(True)\n%reset_selective -f ."


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_chapter_runs_on_another_checkpoint(source, client):
    """Every cell runs without an error; what it prints is that model's."""
    client.nb = jupytext.read(source)
    client.nb.cells.insert(0, nbformat.v4.new_code_cell(AFRESH))
    client.execute()
    assert list(faults_of(client.nb)) == []
