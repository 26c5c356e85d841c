"""The embedded model for ONNX Runtime, and ours around it.

    pip install onnxruntime==1.32.0 onnx==1.23.2

It is what an engineer would take for speed: the whole model as one file, in float32, or
with the weights in 8 bits ("dynamic quantization").
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import companion
from companion.qa_pipeline import batches

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class Exported(torch.nn.Module):
    """The model as it is exported: three inputs, one output."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> Tensor:
        """Start and end logits: three times (B, T) -> (B, 2, T)."""
        output = self.model(**dict(zip(INPUTS, inputs, strict=True)))
        return torch.stack([output.start_logits, output.end_logits], dim=1)


def export(folder: Path) -> list[Path]:
    """Write the embedded model in float32 and in 8 bits, for any batch and length."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    tokenizer, model = companion.load()
    some = tokenizer(["Who?", "Where?"], ["My name is Foo"] * 2, return_tensors="pt")
    whole, small = folder / "float32.onnx", folder / "int8.onnx"
    torch.onnx.export(
        Exported(model).eval(),
        tuple(some[name] for name in INPUTS),
        whole,
        input_names=INPUTS,
        output_names=["logits"],
        dynamic_axes={n: {0: "rows", 1: "tokens"} for n in INPUTS},
        dynamo=False,
    )
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8)
    return [whole, small]


def answerer(path: Path) -> Callable[..., Any]:
    """Our pipeline with ONNX Runtime in place of the forward pass, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options)

    def forward(
        model: torch.nn.Module, inputs: dict[str, Tensor], bfloat16: bool = False
    ) -> Tensor:
        [logits] = session.run(None, {n: ids.numpy() for n, ids in inputs.items()})
        return torch.from_numpy(logits)

    batches.forward = forward
    return companion.QuestionAnswerer(*companion.load())
