"""The model as it is when it is asked: checked, on its device, with fast attention.

    check_answering   is it an encoder that points at a span?
    on_device         the model itself, or a copy on another device
    fused             the same weights and hooks, with fused attention

A caller may change the model between two questions, with hooks, other weights or other
modules. So nothing that is made from it is kept.
"""

import copy
import inspect
from functools import lru_cache
from typing import TypeVar

import torch
from torch import nn
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedModel
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES as HEADS,
)
from transformers.models.bert.modeling_bert import BertSelfAttention

from companion.checks import check_module

LIBRARIES = ("torch.", "transformers.")
Model = TypeVar("Model", bound=PreTrainedModel)


def check_answering(model: nn.Module) -> None:
    """Refuse what is not an encoder with a head that points at a span.

    Raises:
        TypeError: if it has another head, or none.
        ValueError: if it has a decoder, cannot tell padding from text, or is in
            training mode.
    """
    kind = type(model).__name__
    if not (isinstance(model, PreTrainedModel) and _has_span_head(model.__class__)):
        raise TypeError(
            "model must be an encoder for question answering, such as a "
            f"BertForQuestionAnswering, not a {kind}"
        )
    if model.config.is_encoder_decoder:
        raise ValueError(
            f"model of class {kind} is an encoder with a decoder; wanted an encoder"
        )
    if "attention_mask" not in arguments_of(model.__class__):
        raise ValueError(
            f"model of class {kind} takes no attention_mask, so it would read padding"
        )
    check_module("model", model, PreTrainedModel)


@lru_cache
def _has_span_head(kind: type[nn.Module]) -> bool:
    return any(base.__name__ in HEADS.values() for base in kind.__mro__)


@lru_cache
def arguments_of(kind: type[nn.Module]) -> frozenset[str]:
    """What a class's forward pass takes by name."""
    return frozenset(inspect.signature(kind.forward).parameters)


def on_device(model: Model, device: torch.device) -> Model:
    """Return the model itself if it is there, else a copy; the model does not move."""
    return model if model.device == device else copy.deepcopy(model).to(device)


def fused(model: PreTrainedModel) -> PreTrainedModel:
    """Give a BERT with `eager` attention the fused one: equal results, but faster.

    Returns:
        A second tree of modules over the same weights, so that `model` stays as it is,
        for other threads too. If a module is not the library's own or has hooks, it
        may ask for what fused attention does not compute: then `model` itself, as for
        other families, which compute as they were loaded.
    Raises:
        ValueError: if a part of the model that has dropout is in training mode.
    """
    eager = model.config
    is_bert = isinstance(model, BertForQuestionAnswering)
    if is_bert and eager._attn_implementation == "eager":
        fast = copy.copy(eager)
        fast._attn_implementation = "sdpa"
        twin = _second_tree(model, eager, fast)
        if isinstance(twin, BertForQuestionAnswering):
            return twin
    for name, module in model.named_modules():
        if isinstance(module, nn.Dropout | PreTrainedModel | BertSelfAttention):
            check_module(f"model.{name}", module, nn.Module)
    return model


def _second_tree(
    module: nn.Module, eager: BertConfig, fast: BertConfig
) -> nn.Module | None:
    """Copy the modules, but not what they hold; None if one of them was changed."""
    if not _is_untouched(module, eager):
        return None
    if not module._modules:
        return module  # a Linear, a LayerNorm: no attention in it
    twins: dict[str, nn.Module | None] = {}
    for name, child in module._modules.items():
        twins[name] = None if child is None else _second_tree(child, eager, fast)
        if child is not None and twins[name] is None:
            return None
    twin = module.__class__.__new__(module.__class__)
    twin.__dict__.update(module.__dict__, _modules=twins)
    if "config" in twin.__dict__:
        twin.__dict__["config"] = fast
    return twin


def _is_untouched(module: nn.Module, config: BertConfig) -> bool:
    """Tell whether a module computes what its class, one of the libraries', says.

    The library leaves hooks of its own behind when it was asked for attention weights.
    """
    own = module.__dict__
    hooks = own["_forward_hooks"], own["_forward_pre_hooks"]
    return not (
        own["training"]
        or "forward" in own
        or own.get("_compiled_call_impl") is not None
        or own.get("config", config) is not config
        or not _is_librarys(type(module))
        or (any(hooks) and not all(_is_librarys(h) for d in hooks for h in d.values()))
    )


def _is_librarys(code: object) -> bool:
    """Tell whether a class or a function is defined in Torch or Transformers."""
    return getattr(code, "__module__", "").startswith(LIBRARIES)
