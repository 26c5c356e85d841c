"""The model in the page, beside ONNX Runtime Web around the same model, in one page.

    python -m benchmarks.live FOLDER

FOLDER has ONNX Runtime Web, as `npm install --prefix FOLDER onnxruntime-web@1.30.0`
leaves it; the export needs `pip install onnx`. Both run on one core of one Chromium, in
turns. Ours is timed from the question to the answer, tokens, windows and search among
it; ONNX Runtime's session alone, on the same number of tokens. Ratios above 1: ours is
faster. Before that ours alone: the first answer, timed from the question on a local
server; 84 tokens on a core four times slower, as a phone's may be; a text of 20,000
words, with the most memory that the page's process had; and the same for a guess of a
hidden word.
"""

import argparse
import contextlib
import functools
import http.server
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import torch
from playwright.sync_api import Browser, sync_playwright

import companion
from companion import running
from tools import pdf
from tools.sphinx_ext import live

LENGTHS = (12, 84, 128, 384)  # tokens
REPEATS = 9
MOMENT = 0.005  # seconds that a slowed process runs at once
PAGE = """<!doctype html><meta charset="utf-8"><title>Live</title>
<script src="ort/ort.wasm.min.js"></script>
<script src="_static/live/page.js"></script>
<div class="live" data-shows="answer" data-question="Who?" data-text="My name is Foo"
></div>"""
FIRST = """async () => {
  const begin = performance.now();
  await insideBertModel.ask("answer", "Who?", "My name is Foo");
  const loaded = performance.getEntriesByType("resource")
    .filter((one) => one.startTime >= begin)
    .reduce((sum, one) => sum + one.encodedBodySize, 0);
  return [performance.now() - begin, loaded / 1e6];
}"""
AGAIN = """async ([length, repeats]) => {
  const text = Array(length - 6).fill("the").join(" ") + " .";
  const times = [];
  for (let i = 0; i < repeats; i++) {
    const begin = performance.now();
    await insideBertModel.ask("answer", "Who?", text);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b);
}"""
GUESS = """async () => {
  const begin = performance.now();
  const text = "My name is Foo, and I [MASK] in London.";
  await insideBertModel.ask("guess", "", text, {});
  const first = performance.now() - begin;
  await insideBertModel.ask("guess", "", text, {});
  return [first / 1000, performance.now() - begin - first];
}"""
TIMES = """async ([lengths, repeats]) => {
  const wasmPaths = new URL("ort/", location).href;
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths });
  const session = await ort.InferenceSession.create("model.onnx");
  const tensor = (values) => new ort.Tensor(
    "int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const rows = [];
  for (const length of lengths) {
    const text = Array(length - 6).fill("the").join(" ") + " ."; // and Who ? and 3
    const { ids, types } = await insideBertModel.ask("pieces", "Who?", text);
    const feeds = { input_ids: tensor(ids), token_type_ids: tensor(types) };
    const [ours, theirs] = [[], []];
    for (let i = 0; i < repeats; i++) {
      let begin = performance.now();
      await insideBertModel.ask("answer", "Who?", text);
      ours.push(performance.now() - begin);
      begin = performance.now();
      await session.run(feeds);
      theirs.push(performance.now() - begin);
    }
    rows.push([ids.length, median(ours), median(theirs)]);
  }
  return rows;
}"""


LONG = """async (words) => {
  const text = "The mill stood by the old river near Norrby, and it rained. ";
  const begin = performance.now();
  const context = text.repeat(Math.ceil(words / 12)) + "My name is Foo.";
  const { answers, windows } = await insideBertModel.ask("answer", "Who?", context);
  return [(performance.now() - begin) / 1000, windows.length, answers[0].answer];
}"""


class SpanLogits(torch.nn.Module):
    """The model as ONNX keeps it: two inputs, two outputs."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Start and end logits, (1, T) each."""
        output = self.model(input_ids=input_ids, token_type_ids=token_type_ids)
        return output.start_logits, output.end_logits


def export(path: Path) -> None:
    """Write the embedded model in float32 for ONNX Runtime, texts of any length."""
    tokenizer, model = companion.load()
    inputs = tokenizer(running.QUESTION, running.CONTEXT, return_tensors="pt")
    names = ["input_ids", "token_type_ids"]
    torch.onnx.export(
        SpanLogits(model),
        tuple(inputs[name] for name in names),
        path,
        input_names=names,
        output_names=["starts", "ends"],
        dynamic_axes={name: {1: "tokens"} for name in names},
        dynamo=False,
    )


def main(runtime: Path) -> None:
    """Build the page, open it, and print a line per length."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live.write(SimpleNamespace(outdir=folder))
        shutil.copytree(
            runtime / "node_modules/onnxruntime-web/dist",
            folder / "ort",
            ignore=shutil.ignore_patterns("*.map"),
        )
        export(folder / "model.onnx")
        (folder / "index.html").write_text(PAGE, encoding="utf-8")
        report(folder)


def report(folder: Path) -> None:
    """Serve the folder, and time both in one page."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=pdf.chromium(), args=["--no-sandbox"]
            )
            address = f"http://localhost:{server.server_port}/index.html"
            alone(browser, address)
            page = browser.new_page()
            page.goto(address)
            print("tokens  ours, ms  ONNX Runtime's, ms  ratio")
            for tokens, ours, theirs in page.evaluate(TIMES, [LENGTHS, REPEATS]):
                print(f"{tokens:6}  {ours:8.0f}  {theirs:18.0f}  {theirs / ours:5.2f}")
            browser.close()
        server.shutdown()


def alone(browser: Browser, address: str) -> None:
    """Print how long the first answer takes, then a long text, and its memory."""
    page = browser.new_page()
    page.goto(address)
    milliseconds, megabytes = page.evaluate(FIRST)
    print(f"first answer: {milliseconds / 1000:.1f} s, {megabytes:.1f} MB")
    before = memory(process := renderer())
    quick = page.evaluate(AGAIN, [84, REPEATS])
    with slowed(process, 4):
        slow = page.evaluate(AGAIN, [84, REPEATS])
    print(
        f"84 tokens: {quick[REPEATS // 2]:.0f} ms; on a core four times slower "
        f"{slow[REPEATS // 2]:.0f} ms, at most {slow[-1]:.0f} ms"
    )
    seconds, windows, answer = page.evaluate(LONG, 20_000)
    print(
        f"20,000 words: {answer!r} from {windows} windows in {seconds:.0f} s; "
        f"{memory(process):.0f} MB at most, {before:.0f} before"
    )
    page.close()
    page = browser.new_page()
    page.goto(address)
    first, second = page.evaluate(GUESS)
    print(
        f"first guess: {first:.1f} s, the next {second:.0f} ms; "
        f"{memory(renderer()):.0f} MB at most"
    )
    page.close()


@contextlib.contextmanager
def slowed(process: int, times: int) -> Iterator[None]:
    """Let a process run for 5 ms of every `times` times 5 ms; not on Windows."""
    done = threading.Event()

    def stop_and_go() -> None:
        while not done.is_set():
            os.kill(process, signal.SIGSTOP)
            time.sleep(MOMENT * (times - 1))
            os.kill(process, signal.SIGCONT)
            time.sleep(MOMENT)

    thread = threading.Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def renderer() -> int:
    """The process of the page: of this program's renderers the one with most memory."""
    every = psutil.Process().children(recursive=True)
    renderers = [one for one in every if "--type=renderer" in " ".join(one.cmdline())]
    return max(renderers, key=lambda one: one.memory_info().rss).pid


def memory(process: int) -> float:
    """The most memory that a process has had so far, in MB; Linux only."""
    status = Path(f"/proc/{process}/status").read_text()
    [peak] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runtime", type=Path, metavar="FOLDER")
    main(parser.parse_args().runtime)
