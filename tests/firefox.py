"""A second engine for tests: Firefox opens a page, whose script reports back."""

import contextlib
import http.server
import json
import os
import queue
import shutil
import subprocess
import sys
import threading

import pytest
from chromium import Quiet

FIREFOX = next(filter(None, map(shutil.which, ["firefox-esr", "firefox"])), None)
PREFERENCES = {  # no first page, no update, no report: no request but the page's own
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}


def reported(folder, address, profile, patience=300):
    """What the page at `address`, below `folder`, sends to `/report`, as JSON.

    Without Firefox, skip the test; on Linux where `CI` is set, fail.
    """
    if FIREFOX is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip("firefox-esr is not installed; .ci/run installs it")
    reports = queue.Queue()
    with _listening(folder, reports) as base, _opened(f"{base}/{address}", profile):
        return reports.get(timeout=patience)


@contextlib.contextmanager
def _listening(folder, reports):
    class Handler(Quiet):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            reports.put(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

    with http.server.ThreadingHTTPServer(("localhost", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def _opened(address, profile):
    lines = [f'user_pref("{n}", {json.dumps(v)});' for n, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, address]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        yield
        run.kill()
