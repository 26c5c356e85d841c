"""A folder for tests in several processes, written by the first that asks for it."""

import os
import shutil

from filelock import FileLock


def written_once(tmp_path_factory, name, write):
    """Return the folder that `write` makes; what a failed attempt left is written anew.

    Args:
        name: the folder's own.
        write: takes its path, where nothing is yet.
    """
    own = tmp_path_factory.getbasetemp()  # of this worker, where tests run side by side
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, whole = shared / name, shared / f"{name} is whole"
    with FileLock(shared / f"{name}.lock"):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            write(folder)
            whole.touch()
    return folder
