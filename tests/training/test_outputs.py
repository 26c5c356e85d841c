"""A place that cannot be written to is refused before the work."""

import pytest

from companion.training.outputs import check_file, check_new_folder


def test_a_place_that_cannot_be_written_to_is_named_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    with pytest.raises(ValueError, match=r"--output .*nowhere: exists already"):
        check_new_folder("--output", tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"--output .*new: .*file is not a folder"):
        check_new_folder("--output", tmp_path / "file" / "new")
    with pytest.raises(ValueError, match=r"--json .*there is no folder"):
        check_file("--json", tmp_path / "missing" / "a.json")
    with pytest.raises(ValueError, match=r"--json .*: is a folder"):
        check_file("--json", tmp_path)
    with pytest.raises(ValueError, match=r"--picture .*: must end in \.png or \.svg"):
        check_file("--picture", tmp_path / "a.gif", (".png", ".svg"))
    check_new_folder("--output", tmp_path / "new" / "newer")
    check_file("--json", tmp_path / "a.json")
