"""The model as it is when it is asked: checked, and on its device.

    check_answering    is it an encoder that points at a span?
    arguments_of       what its forward pass takes
    check_evaluation   is each part of it in evaluation mode?
    on_device          the model itself, or a copy on another device

A caller may change the model between two questions, with hooks, other weights or other
modules. So nothing that is made from it is kept.
"""

import copy
import inspect
from functools import lru_cache
from typing import TypeVar

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES as HEADS,
)
from transformers.models.bert.modeling_bert import BertSelfAttention

from companion.checks import check_module

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


def check_evaluation(model: PreTrainedModel) -> None:
    """Refuse a model with a part in training mode, where dropout is on.

    Raises:
        ValueError: naming the part, if it has dropout or computes attention.
    """
    kinds = (nn.Dropout, PreTrainedModel, BertSelfAttention)
    for name, module in model.named_modules():
        if isinstance(module, kinds):
            check_module(f"model.{name}", module, nn.Module)
