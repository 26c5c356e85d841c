"""A real browser for tests: pages from a folder or served, watched, and read by axe."""

import contextlib
import functools
import http.server
import os
import shutil
import sys
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "google-chrome"])), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def launched():
    """Chromium, or a skipped test; where `CI` is set, on Linux, a failed one."""
    if CHROMIUM is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip("no Chromium here; .ci/run installs one and runs this")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def watch(page, base):
    """A list that grows by each error, and by each request to another host."""
    problems = []

    def on_console(message):
        if message.type in ("error", "warning"):
            problems.append(message.text)

    def on_request(request):
        if not request.url.startswith((base, "data:", "blob:")):
            problems.append(request.url)

    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", on_console)
    page.on("request", on_request)
    return problems


@contextlib.contextmanager
def served(folder):
    """The address of a server of `folder` on this machine."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def barriers(page, rules=()):
    """What axe finds serious or critical: the rule, and where. `rules`: only these."""
    options = {"resultTypes": ["violations"], "preload": False}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    response = Axe().run(page, options=options).response
    return [
        (found["id"], node["target"], node.get("failureSummary", "")[-200:])
        for found in response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]
