"""`make lab` opens the index, asks no question, and makes no request."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from chromium import launched

ROOT = Path(__file__).parents[2]
CONFIG = "tools/jupyterlab/config.json"


def test_make_lab_uses_the_books_settings():
    recipe = (ROOT / "Makefile").read_text("utf-8").split("\nlab:")[1].split("\n\n")[0]
    assert f"jupyter lab --config={CONFIG}" in recipe


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab over a copy of the notebooks, started as by make."""
    for folder in ("notebooks", "tools/jupyterlab"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", f"--config={CONFIG}", "--no-browser"),
            *(f"--port={port}", "--IdentityProvider.token=", "--allow-root"),
        ],
        cwd=tmp_path,
        env={n: v for n, v in os.environ.items() if "JUPYTER" not in n} | home,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_it_answers(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def until_it_answers(address):
    for _ in range(120):
        try:
            return urlopen(f"{address}/api").close()
        except (URLError, ConnectionError):
            time.sleep(0.5)
    pytest.fail("JupyterLab does not answer")


@pytest.mark.slow
def test_lab_opens_the_index_and_asks_nothing(lab):
    with launched() as browser:
        page = browser.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(lab)
        page.wait_for_selector(".jp-Notebook h1", timeout=90_000)
        page.wait_for_timeout(5000)  # a question would come after the notebook
        assert page.url == f"{lab}/lab/tree/notebooks/index.ipynb"
        assert page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []
    own = (lab, lab.replace("http:", "ws:"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert [url for url in asked if re.search(r"/lab/api/(news|update)", url)] == []
