"""BERT's forward pass in few calls, on the weights of the library's own model.

The library's goes through a hundred modules to the same numbers. Between two matrix
products a processor waits for Python: a tenth of a short question's time. Here
attention is PyTorch's fused one, no intermediate is kept, and no module of a layer is
called; so it is for a model that is the library's BERT and nothing else. Chapter 5 has
the encoder step by step.
"""

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.module import _has_any_global_hook
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertModel,
    PreTrainedModel,
)
from transformers.models.bert import modeling_bert as library

from companion.qa_pipeline.processor import product

LIBRARIES = ("torch.", "transformers.")
CALLED = ("embeddings", "intermediate_act_fn")  # so it may be any module
# The classes of all other modules, by the name that each has; a layer's is a number.
PARTS: dict[str, tuple[type[nn.Module], ...]] = {
    "": (BertForQuestionAnswering,),
    "bert": (BertModel,),
    "encoder": (library.BertEncoder,),
    "layer": (nn.ModuleList,),
    "0": (library.BertLayer,),
    "attention": (library.BertAttention,),
    "self": (library.BertSelfAttention,),
    "output": (library.BertSelfOutput, library.BertOutput),
    "intermediate": (library.BertIntermediate,),
    "LayerNorm": (nn.LayerNorm,),
    "dropout": (nn.Dropout,),
    **dict.fromkeys(["query", "key", "value", "dense", "qa_outputs"], (nn.Linear,)),
}
FORWARD = {kind: kind.forward for kinds in PARTS.values() for kind in kinds}


def is_plain(model: PreTrainedModel) -> bool:
    """Tell whether a model computes what the library's BERT does, and nothing else.

    A module with hooks, or with a forward pass that is not its class's own, may do
    more; attention that the caller registered is another one; a decoder sees one side.
    """
    return (
        type(model) is BertForQuestionAnswering
        and model.config._attn_implementation in ("eager", "sdpa")
        and not model.config.is_decoder
        and not _has_any_global_hook()
        and _is_plain("", model, model.config)
    )


def _is_plain(name: str, module: nn.Module, config: BertConfig) -> bool:
    """Tell whether a module, and each module in it, is as the library made it."""
    if name in CALLED and any(part.training for part in module.modules()):
        return False
    if name == "embeddings":
        return True
    kind = type(module)
    kinds = PARTS.get("0" if name.isdigit() else name, ())
    known = kind in kinds and kind.forward is FORWARD[kind]
    return (
        (known or name in CALLED)
        and _is_untouched(module, config)
        and all(
            _is_plain(part, child, config)
            for part, child in module._modules.items()
            if child is not None
        )
    )


def _is_untouched(module: nn.Module, config: BertConfig) -> bool:
    """Tell whether a module computes what its class says, for all tokens.

    The library leaves hooks of its own behind when it was asked for attention weights.
    """
    own = module.__dict__
    hooks = own["_forward_hooks"], own["_forward_pre_hooks"]
    return not (
        any(own.get(flag) for flag in ("training", "is_decoder", "is_causal"))
        or "forward" in own
        or own.get("_compiled_call_impl") is not None
        or own.get("config", config) is not config
        or (any(hooks) and not all(_is_librarys(h) for d in hooks for h in d.values()))
    )


def _is_librarys(code: object) -> bool:
    """Tell whether a function is defined in Torch or Transformers."""
    return getattr(code, "__module__", "").startswith(LIBRARIES)


def answer_logits(model: BertForQuestionAnswering, inputs: dict[str, Tensor]) -> Tensor:
    """Compute start and end logits of each row: (B, T) inputs -> (B, T, 2).

    Args:
        model: one that is plain.
        inputs: `input_ids`, `attention_mask` and, perhaps, `token_type_ids`.
    """
    given = dict(inputs)
    mask = given.pop("attention_mask")
    seen = None if mask.all() else mask.bool()[:, None, None]  # (B, 1, 1, T)
    hidden = model.bert.embeddings(**given)  # (B, T, H)
    for layer in model.bert.encoder.layer:
        hidden = _layer(layer, hidden, seen)
    return product(hidden, model.qa_outputs.weight, model.qa_outputs.bias)


def _layer(layer: library.BertLayer, hidden: Tensor, seen: Tensor | None) -> Tensor:
    """Run one layer: (B, T, H) -> (B, T, H)."""
    context = _attention(layer.attention.self, hidden, seen)
    hidden = _add_and_norm(layer.attention.output, context, hidden)
    dense, activation = layer.intermediate.dense, layer.intermediate.intermediate_act_fn
    wide = product(hidden, dense.weight, dense.bias, activation)  # (B, T, I)
    return _add_and_norm(layer.output, wide, hidden)


def _attention(
    part: library.BertSelfAttention, hidden: Tensor, seen: Tensor | None
) -> Tensor:
    """Let each token ask all others that are `seen`: (B, T, H) -> (B, T, H)."""
    by_head = (*hidden.shape[:2], part.num_attention_heads, part.attention_head_size)
    queries, keys, values = (
        product(hidden, dense.weight, dense.bias).view(by_head).transpose(1, 2)
        for dense in (part.query, part.key, part.value)
    )  # (B, A, T, D) each
    context = F.scaled_dot_product_attention(
        queries, keys, values, attn_mask=seen, scale=part.scaling
    )
    return context.transpose(1, 2).flatten(2)  # (B, A, T, D) -> (B, T, H)


def _add_and_norm(
    part: library.BertSelfOutput | library.BertOutput, x: Tensor, residual: Tensor
) -> Tensor:
    """Finish a half of a layer: (B, T, H or I), (B, T, H) -> (B, T, H)."""
    added = product(x, part.dense.weight, part.dense.bias) + residual
    norm = part.LayerNorm
    return F.layer_norm(added, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
