"""The model as it is when it is asked: checked, on its device, with fast attention.

    on_device   the model itself, or a copy on another device
    fused       the same weights and hooks, with fused attention

A caller may change the model between two questions, with hooks, other weights or other
modules. So nothing that is made from it is kept.
"""

import copy

import torch
from torch import nn
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedModel
from transformers.models.bert.modeling_bert import BertSelfAttention

from companion.checks import check_module

LIBRARIES = ("torch.", "transformers.")


def on_device(
    model: BertForQuestionAnswering, device: torch.device
) -> BertForQuestionAnswering:
    """Return the model itself if it is there, else a copy; the model does not move."""
    return model if model.device == device else copy.deepcopy(model).to(device)


def fused(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """Give a model with `eager` attention the fused one: equal results, but faster.

    Returns:
        A second tree of modules over the same weights, so that `model` stays as it is,
        for other threads too. If a module is not the library's own or has hooks, it
        may ask for what fused attention does not compute: then `model` itself.
    Raises:
        ValueError: if a part of the model that has dropout is in training mode.
    """
    eager = model.config
    if eager._attn_implementation == "eager":
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
