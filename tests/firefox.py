"""A second engine for tests: Firefox, driven by WebDriver BiDi as a reader drives it.

Its problems are collected as Chromium's are: errors, warnings, and requests elsewhere.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
import websocket

FIREFOX = next(filter(None, map(shutil.which, ["firefox-esr", "firefox"])), None)
PREFERENCES = {  # no first page, no update, no report: no request but the page's own
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Control": "\ue009"}
WATCHED = ("log.entryAdded", "network.beforeRequestSent", "browsingContext.load")
# The middle of an element, once it stays where it is: what loads late moves the rest.
MIDDLE = """async (selector) => {
  const element = document.querySelector(selector);
  for (let last, frames = 0; frames < 300; frames += 1) {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    await new Promise(requestAnimationFrame);
    const { x, y, width, height } = element.getBoundingClientRect();
    const middle = [Math.round(x + width / 2), Math.round(y + height / 2)];
    if (String(middle) === last) return middle;
    last = String(middle);
  }
  throw new Error(`${selector} never stands still`);
}"""
UNTIL = """async (milliseconds) => {
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    if (await (%s)()) return true;
    await new Promise((next) => setTimeout(next, 50));
  }
  return false;
}"""


@contextlib.contextmanager
def launched(profile):
    """Start Firefox, and give its page; `profile`: an empty folder.

    Without Firefox, skip the test; on Linux where `CI` is set, fail.
    """
    if FIREFOX is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip("firefox-esr is not installed; .ci/run installs it")
    lines = [f'user_pref("{n}", {json.dumps(v)});' for n, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "--remote-debugging-port", "0"], **quiet) as run:
        try:
            with contextlib.closing(_connected(profile)) as socket:
                yield Page(socket)
        finally:
            run.kill()


def _connected(profile, patience=60):
    """Return a connection to the Firefox that writes its port into `profile`."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            found = json.loads((profile / "WebDriverBiDiServer.json").read_text())
            address = f"ws://{found['ws_host']}:{found['ws_port']}/session"
            return websocket.create_connection(
                address, timeout=300, suppress_origin=True
            )
        time.sleep(0.05)
    raise TimeoutError(f"Firefox was not ready after {patience} s")


class Page:
    """The one page of a Firefox, with the means of whoever sits before it."""

    def __init__(self, socket):
        self.socket, self.numbers, self.base = socket, 0, ""
        self.problems, self.loaded = [], []
        self.ask("session.new", capabilities={})
        [tree, *_] = self.ask("browsingContext.getTree")["contexts"]
        self.context = {"context": tree["context"]}
        self.ask("session.subscribe", events=list(WATCHED))

    def ask(self, method, **parameters):
        """Return the answer to a command; what happens meanwhile is looked at."""
        self.numbers += 1
        asked = {"id": self.numbers, "method": method, "params": parameters}
        self.socket.send(json.dumps(asked))
        while (heard := json.loads(self.socket.recv())).get("id") != self.numbers:
            self._look_at(heard)
        assert heard["type"] == "success", heard
        return heard["result"]

    def _look_at(self, event):
        method, found = event["method"], event["params"]
        if method == "browsingContext.load":
            self.loaded.append(found["url"])
        elif method == "network.beforeRequestSent":
            address = found["request"]["url"]
            if not address.startswith((self.base, "data:", "blob:")):
                self.problems.append(address)
        elif found["level"] in ("error", "warn"):
            self.problems.append(found["text"])

    def goto(self, address, base):
        """Open a page, whose files all lie below `base`."""
        self.base = base
        place = {**self.context, "url": address}
        self.ask("browsingContext.navigate", **place, wait="complete")
        self.loaded.clear()

    def arrive(self, where):
        """Wait until an address with `where` in it is loaded, after a click."""
        while not any(where in address for address in self.loaded):
            self._look_at(json.loads(self.socket.recv()))
        self.loaded.clear()

    def reload(self):
        self.ask("browsingContext.reload", **self.context, wait="complete")

    def resize(self, width, height=900):
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", **self.context, viewport=size)

    def evaluate(self, function, *arguments):
        """Return what a function in JavaScript returns, or what it promises."""
        call = f"({function})({', '.join(map(json.dumps, arguments))})"
        found = self.ask(
            "script.callFunction",
            functionDeclaration=f"async () => JSON.stringify(await {call})",
            target=self.context,
            awaitPromise=True,
            userActivation=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"].get("value", "null"))

    def until(self, function, seconds=30):
        """Wait until a function in JavaScript says so."""
        assert self.evaluate(UNTIL % function, 1000 * seconds), function

    def text(self, selector):
        return self.evaluate("(s) => document.querySelector(s).innerText", selector)

    def click(self, selector, kind="mouse"):
        """Press and release in the middle of an element, with the mouse or a finger."""
        x, y = self.evaluate(MIDDLE, selector)
        moves = [{"type": "pointerMove", "x": x, "y": y}]
        moves += [{"type": f"pointer{way}", "button": 0} for way in ("Down", "Up")]
        self._perform("pointer", moves, parameters={"pointerType": kind})

    def press(self, *keys):
        """Press keys together: letters, or names such as "Enter"."""
        values = [KEYS.get(key, key) for key in keys]
        moves = [{"type": "keyDown", "value": value} for value in values]
        moves += [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._perform("key", moves)

    def type(self, text):
        for letter in text:
            self.press(letter)

    def _perform(self, kind, moves, **more):
        actions = [{"type": kind, "id": f"its {kind}", "actions": moves, **more}]
        self.ask("input.performActions", **self.context, actions=actions)

    def printed(self):
        """The page on paper, as a PDF."""
        return base64.b64decode(
            self.ask("browsingContext.print", **self.context)["data"]
        )
