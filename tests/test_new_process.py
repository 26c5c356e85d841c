"""What only a new Python can tell, all asked of one: to import Torch takes seconds.

What imports load; that one of them brings the old pipeline back; what memory is taken.
"""

import json
import subprocess
import sys

import pytest

from companion.transformers_pipeline import TASK
from oracle import small

pytestmark = pytest.mark.slow

IMPORTS = """
import json, sys
import companion.exercises, companion.heads.attribution
companion.trace, companion.QuestionAnswerer
told = {"loaded": list(sys.modules)}
"""
PIPELINE = """
import transformers
TASK, folder = sys.argv[1:]
try:
    transformers.pipeline(TASK, model=folder)
except KeyError:
    import companion.transformers_pipeline
    told["unknown before"] = True
ask = transformers.pipeline(TASK, model=folder, device=-1)
told["answer"] = ask(question="Who?", context="My name is Foo")
"""
MEMORY = """
import torch
from pathlib import Path
from companion.qa_pipeline import batches

def quick(model, inputs, bfloat16):  # the forward pass has its own memory, measured in
    return torch.randn(len(inputs["input_ids"]), 2, inputs["input_ids"].shape[1])

def memory(which):  # ... benchmarks/memory.py; here it would only take time
    return int(Path("/proc/self/status").read_text().split(which)[1].split()[0]) // 1024

answerer = companion.QuestionAnswerer(*companion.load())
answerer("Who?", "My name is Foo")
text = "The weather was mild, and nothing was heard. " * 25_000  # 200,000 words
batches.forward = quick
if sys.platform == "linux":
    before = memory("VmRSS:")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    answerer("Who?", text, top_k=5)
    told["memory"] = memory("VmHWM:") - before
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the process printed last, by name."""
    folder = tmp_path_factory.mktemp("roberta")
    small.save("roberta", folder)
    command = [sys.executable, "-c", IMPORTS + PIPELINE + MEMORY, TASK, folder]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_nothing_that_draws_or_explains_is_loaded_unasked(told):
    assert "companion.encoder" in told["loaded"]
    assert not {"matplotlib", "captum", "companion.figures"} & set(told["loaded"])


def test_one_import_brings_the_old_pipeline_back(told):
    assert told["unknown before"]
    assert told["answer"]["end"] <= 14


@pytest.mark.skipif(
    sys.platform != "linux", reason="Linux tells the peak of the memory"
)
def test_a_book_takes_little_memory(told):
    assert told["memory"] < 200  # MB
