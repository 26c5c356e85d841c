"""A README that is no card of ours is no card."""

import shutil

import pytest

import companion
from companion.loading import files
from companion.loading.files import card_checksums

DIGEST = "0" * 64


@pytest.fixture
def folder(other_checkpoint, tmp_path):
    return shutil.copytree(other_checkpoint, tmp_path / "copy")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: BERT: mine\n---\n",
        "---\n\ttabs: 1\n---\n",
        "---\ndate: 2021-13-45\n---\n",
        "---\na: *b\n---\n",
        "---\na: !!python/object:os.system x\n---\n",
        "---\nsha256: {\n",
        "---\n- a\n---\n",
        f"---\nsha256: {DIGEST}\n---\n",
        f"---\nsha256: [{DIGEST}]\n---\n",
        f"---\nsha256: {{model.bin: '{DIGEST}'}}\n---\n",
        "---\nsha256: {model.safetensors: 12}\n---\n",
        f"---\nsha256: {{model.safetensors: '{DIGEST}', ../x: '{DIGEST}'}}\n---\n",
        f"# Mine\n---\nsha256: {{model.safetensors: '{DIGEST}'}}\n---\n",
        "\xff\xfe---",
        "",
    ],
)
def test_another_readme_is_no_card(folder, text):
    (folder / "README.md").write_bytes(text.encode("latin-1"))
    assert card_checksums(folder) == {}
    companion.load(str(folder))


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_our_own_card_is_read_whatever_editor_saved_it(folder, begin, end):
    text = f"{begin}---\nsha256:\n  model.safetensors: {'ab' * 32}\n---\n# Mine\n"
    (folder / "README.md").write_bytes(text.replace("\n", end).encode())
    assert card_checksums(folder) == {"model.safetensors": "ab" * 32}
    with pytest.raises(ValueError, match="cut short or altered"):
        companion.load(str(folder))


def test_the_embedded_models_card_has_a_checksum_of_each_file():
    names = {p.name for p in files.EMBEDDED.iterdir() if p.is_file()} - {"README.md"}
    assert set(card_checksums(files.EMBEDDED)) == names
