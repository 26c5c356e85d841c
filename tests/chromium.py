"""A real browser for tests: open pages, watch for errors, and let axe read them."""

import contextlib
import functools
import http.server
import os
import re
import shutil
import sys
import threading

import pytest
from axe import BARRIERS, SCRIPT, SERIOUS
from playwright.sync_api import sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def launched():
    """Start Chromium. Without one, skip the test; on Linux where `CI` is set, fail."""
    if CHROMIUM is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip(f"none of {', '.join(NAMES)} is installed; .ci/run installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def watch(page, base):
    """Return a list to which each error and each request to another host is added."""
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
    """Serve `folder` on this machine, and give the address."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def barriers(page, impacts=SERIOUS, only_colours=False):
    """Return rule, place and why of what axe finds so bad.

    `only_colours`: whether texts stand out from their ground is all that is looked at.
    """
    return page.evaluate(
        f"(all) => ({BARRIERS})(...all)", [SCRIPT, impacts, only_colours]
    )


def luminance(colour):
    """How light a colour is, 0 to 1, as WCAG has it; written as "rgb(0, 127, 255)"."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [((x + 0.055) / 1.055) ** 2.4 if x > 0.04 else x / 12.92 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)
