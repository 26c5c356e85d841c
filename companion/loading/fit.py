"""Do configuration, weights and tokenizer fit each other, and a BERT?

The library loads what it can and reports the rest; a report is easily overlooked, and
the model then answers as another one. Here each such difference is an error.
"""

import json
from collections.abc import Iterable
from typing import Any

from tokenizers.models import WordPiece
from transformers import (
    BertForMaskedLM,
    BertForPreTraining,
    BertForQuestionAnswering,
    BertTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers import PreTrainedTokenizerBase as Tokenizer

SHOWN = 3  # names in a message
# What old versions of the library leave in a checkpoint.
REST = ("bert.embeddings.position_ids",)
# What the heads of the book's models are called, and the pooler. A model has no use for
# those of the others, which a checkpoint may have.
HEADS = ("bert.pooler.", "cls.predictions.", "cls.seq_relationship.", "qa_outputs.")
KINDS = {
    BertForQuestionAnswering: "BERT fine-tuned for question answering",
    BertForMaskedLM: "BERT with a masked-word head",
    BertForPreTraining: "BERT with the heads of pretraining",
}
SPECIAL = ("unk_token", "sep_token", "pad_token", "cls_token")


def check_config(name: str, config: PreTrainedConfig) -> None:
    """Refuse what is not an encoder as Devlin et al. (2019) describe it.

    Raises:
        ValueError: if it is another kind of model, a decoder, has relative positions,
            quantized weights, one token type, or another head.
    """
    if config.model_type != "bert":
        raise ValueError(
            f"{name!r} is of model type {config.model_type!r}, wanted 'bert'"
        )
    wanted = {
        "is_decoder": False,
        "add_cross_attention": False,
        "position_embedding_type": "absolute",
        "quantization_config": None,
        "num_labels": 2,
    }
    for field, value in wanted.items():
        if (actual := getattr(config, field, value)) not in (value, None):
            raise ValueError(
                f"{name!r} has {field} {actual!r} in its config.json, wanted {value!r}"
            )
    if config.type_vocab_size < 2:
        raise ValueError(
            f"{name!r} has type_vocab_size {config.type_vocab_size} in its "
            "config.json, wanted 2: question and context have a token type each"
        )


def check_weights(
    name: str, report: dict[str, Any], model: PreTrainedModel, new_head: bool
) -> list[str]:
    """Refuse weights that are missing, left over, or of another size.

    Args:
        report: the library's, `output_loading_info`.
        model: what was loaded.
        new_head: accept a checkpoint without a head of the model, and what heads for
            other tasks it has.
    Returns:
        Which heads of `HEADS` it lacks; none unless `new_head`.
    Raises:
        ValueError: naming some of them.
    """
    missing, extra = set(report["missing_keys"]), set(report["unexpected_keys"])
    heads = {h: {k for k in model.state_dict() if k.startswith(h)} for h in HEADS}
    mine = {key for keys in heads.values() for key in keys}
    extra = {k for k in extra if not k.startswith(REST) and not _is_unused(k, mine)}
    lacking = []
    if new_head:
        tied = set(model.all_tied_weights_keys)
        lacking = [h for h, k in heads.items() if k and k - missing <= tied]
        missing -= {key for head in lacking for key in heads[head]}
        extra = {k for k in extra if missing or k.startswith(("bert.", *HEADS))}
    if missing:
        kind = "BERT encoder" if new_head else KINDS[type(model)]
        raise ValueError(
            f"{name!r} is not a {kind}: its weights lack {_some(missing)}"
            f"{_instead(missing, extra)}"
        )
    if extra:
        raise ValueError(
            f"{name!r} has weights that this BERT does not read, so it is another "
            f"kind of model: {_some(extra)}"
        )
    for key, came, wanted in sorted(report["mismatched_keys"]):
        raise ValueError(
            f"{name!r} has {key} of shape {tuple(came)}, and its config.json asks for "
            f"{tuple(wanted)}"
        )
    return lacking


def _is_unused(key: str, mine: set[str]) -> bool:
    """Tell whether a weight is of a head that this model does not have."""
    head = next((h for h in HEADS if key.startswith(h)), None)
    return head is not None and not any(m.startswith(head) for m in mine)


def _instead(missing: set[str], extra: set[str]) -> str:
    """What is there instead; a prefix in front of all names is told as such."""
    key = min(missing)
    prefixes = [name.removesuffix(key) for name in extra if name.endswith(f".{key}")]
    if prefixes:
        return (
            f"; their names begin with {prefixes[0]!r} instead: save the model without "
            "the wrapper that puts it there (model.module, if it is DataParallel's)"
        )
    return f"; instead there are {_some(extra)}" if extra else ""


def _some(names: Iterable[str]) -> str:
    """`a, b, c and 36 more`."""
    names = sorted(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def check_vocabulary(
    name: str, tokenizer: BertTokenizer, config: PreTrainedConfig
) -> None:
    """Refuse a tokenizer whose ids have no row in the word embeddings.

    Raises:
        ValueError: if there are no pieces, a special token is missing, an id is too
            large, or the longest input is no number.
    """
    pieces = tokenizer.backend_tokenizer.get_vocab(with_added_tokens=False)
    for role in SPECIAL:
        if (token := getattr(tokenizer, role)) not in pieces:
            raise ValueError(f"the vocabulary of {name!r} lacks its {role}, {token!r}")
    if len(pieces) <= len(SPECIAL) + 1:  # [MASK] too: what the library makes of nothing
        raise ValueError(
            f"{name!r} has no vocabulary: vocab.txt or tokenizer.json is missing"
        )
    vocabulary = tokenizer.get_vocab()
    largest = max(vocabulary, key=vocabulary.__getitem__)
    if vocabulary[largest] >= config.vocab_size:
        raise ValueError(
            f"{name!r} has a tokenizer of {vocabulary[largest] + 1:,} pieces and word "
            f"embeddings for {config.vocab_size:,}; the last piece is {largest!r}"
        )
    if not isinstance(tokenizer.model_max_length, int | float):
        raise ValueError(
            f"the tokenizer of {name!r} has model_max_length "
            f"{tokenizer.model_max_length!r}, wanted a number"
        )


def bert_tokenizer(name: str, tokenizer: Tokenizer) -> BertTokenizer:
    """`tokenizer` itself, or a BertTokenizer that makes the same ids of every text.

    Raises:
        ValueError: if it cuts texts in another way than BERT.
    """
    if isinstance(tokenizer, BertTokenizer):
        if isinstance(tokenizer.backend_tokenizer.model, WordPiece):
            return _without_mark(tokenizer)
    elif _normalizer(tokenizer).get("type") == "BertNormalizer":
        again = _again(tokenizer, tokenizer.get_vocab())
        if _settings(again) == _settings(tokenizer):
            return again
    raise ValueError(
        f"{name!r} has a tokenizer of class {type(tokenizer).__name__}, which does not "
        "cut texts as BERT's does; wanted a BertTokenizer"
    )


def _without_mark(tokenizer: BertTokenizer) -> BertTokenizer:
    """Drop the byte order mark that an editor put in front of the first piece."""
    pieces = tokenizer.backend_tokenizer.get_vocab(with_added_tokens=False)
    first = min(pieces, key=pieces.__getitem__, default="")
    if not first.startswith("\ufeff"):
        return tokenizer
    pieces[first.removeprefix("\ufeff")] = pieces.pop(first)
    return _again(tokenizer, pieces)


def _again(tokenizer: Tokenizer, pieces: dict[str, int]) -> BertTokenizer:
    """Make a BertTokenizer with the vocabulary `pieces` and the same settings."""
    normalizer = _normalizer(tokenizer)
    return BertTokenizer(
        vocab=pieces,
        do_lower_case=normalizer["lowercase"],
        strip_accents=normalizer["strip_accents"],
        tokenize_chinese_chars=normalizer["handle_chinese_chars"],
        model_max_length=tokenizer.model_max_length,
        **tokenizer.special_tokens_map,
    )


def _normalizer(tokenizer: Tokenizer) -> dict[str, Any]:
    return _settings(tokenizer).get("normalizer") or {}


def _settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """All that decides which ids a fast tokenizer makes; {} for a slow one."""
    if not getattr(tokenizer, "is_fast", False):
        return {}
    saved = json.loads(tokenizer.backend_tokenizer.to_str())
    names = ("normalizer", "pre_tokenizer", "model", "added_tokens")
    return {name: saved[name] for name in names}
