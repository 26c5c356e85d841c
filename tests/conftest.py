"""What the tests share: their environment, the book's model, and small ones.

Nothing heavy is imported here at the top: `make quick` is to be quick. Where the
variable COMPANION_NIGHTLY is set, some tests try far more (see `make nightly`).
"""

import os
from operator import itemgetter

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Set the environment of the tests and of the processes and kernels they start.

    No test may depend on a reader's settings.
    """
    for name in ("COMPANION_MODEL", "COMPANION_DTYPE"):
        os.environ.pop(name, None)
    if config.getoption("hypothesis_profile", None) == "quick":
        import examples  # noqa: F401 - it registers that profile


@pytest.fixture(scope="session", autouse=True)
def no_window():
    """Draw into memory."""
    import matplotlib as mpl

    # Not by MPLBACKEND: the kernels would inherit it, and draw nothing in a notebook.
    mpl.use("Agg")


@pytest.fixture(autouse=True)
def close_all():
    """No figure outlives its test."""
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def browser():
    """Chromium for one file: while it is open, no test can execute a notebook."""
    from chromium import launched

    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """The page of a Firefox, for one file."""
    from firefox import launched

    with launched(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="session")
def embedded():
    """The book's own tokenizer and model."""
    import companion

    return companion.load()


@pytest.fixture(scope="session")
def answerer(embedded):
    """The pipeline with the book's own tokenizer and model."""
    import companion

    return companion.QuestionAnswerer(*embedded)


@pytest.fixture(scope="session")
def notes_ids():
    """The ids that the notes type in, (1, 10): "Who?" on "My name is Foo"."""
    import torch

    return torch.tensor([[101, 2627, 136, 102, 1422, 1271, 1110, 143, 5658, 102]])


@pytest.fixture(scope="session")
def notes_model():
    """The notes' shape with untrained weights."""
    from transformers import BertConfig, BertForQuestionAnswering

    return BertForQuestionAnswering(BertConfig(vocab_size=28996)).eval()


@pytest.fixture(scope="session")
def other_checkpoint(tmp_path_factory, embedded):
    """A folder with a BERT QA model of another depth, width and vocabulary."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    folder = tmp_path_factory.mktemp("other")
    tokenizer, _ = embedded
    by_id = sorted(tokenizer.get_vocab().items(), key=itemgetter(1))
    # "Foo" splits elsewhere, and a text is about as long as with all of the pieces: the
    # fewer there are, the longer chapter 9 trains.
    pieces = [piece for piece, _ in by_id if piece != "##oo"][:10_000]
    (folder / "vocab.txt").write_text("".join(f"{p}\n" for p in pieces), "utf-8")
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "BertTokenizer", "do_lower_case": false}', "utf-8"
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    return folder
