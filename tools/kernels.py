"""The kernels that execute the book: this Python, whatever the reader's settings are.

A backend in the environment, an IPython profile, another kernel called python3, or a
home folder that is not there must not change a stored output. `environment` is what a
kernel gets instead of the reader's own, `manager` starts the Python that is running.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from companion import views

# Variables that change what a cell prints or draws, or whether it warns.
SHUT_OUT = re.compile(
    r"COMPANION_|PYTHON(?!PATH$|HOME$)|IPYTHON|JUPYTER|MPL|MATPLOTLIB|HF_|TRANSFORMERS_"
    r"|TORCH_|TQDM_|ACCELERATE_"
)
DTYPE = "COMPANION_DTYPE"  # outputs are the same in float64; `make stable` shows it


def environment(folder: Path, kept: str = "") -> dict[str, str]:
    """Return the variables for a kernel whose own files go into `folder`.

    Args:
        folder: an empty one.
        kept: the name of a variable that is not shut out.
    """
    through = {
        name: value
        for name, value in os.environ.items()
        if name == kept or not SHUT_OUT.match(name)
    }
    return {
        **through,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "OMP_WAIT_POLICY": "PASSIVE",  # two kernels share the cores: none spins on them
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        views.BOOK: "1",  # the page brings the script that draws the views
    }


@contextmanager
def variables(wanted: Mapping[str, str]) -> Iterator[None]:
    """Give this process the variables `wanted`, and no others, for a while."""
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(wanted)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class RunningPython(KernelSpecManager):
    """Knows one kernel, the Python that is running, by every name."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return that kernel; it logs errors only, not that TCP is not encrypted."""
        spec = get_kernel_dict(extra_arguments=["--log-level=ERROR"])
        return KernelSpec(resource_dir=RESOURCES, **spec)


def manager(folder: Path) -> AsyncKernelManager:
    """Return a manager of one kernel, whose connection file goes into `folder`."""
    return AsyncKernelManager(
        kernel_spec_manager=RunningPython(),
        connection_file=str(folder / "connection.json"),
    )
