"""A small random model of each family, with a tokenizer of its own; nothing is loaded.

The same name gives the same pieces and the same weights, in whatever version of the
library, so that answers of the old pipeline can be stored without them.
"""

import json
import zlib
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer as Backend
from tokenizers import models, processors
from tokenizers.pre_tokenizers import ByteLevel
from transformers import AutoConfig, AutoModelForQuestionAnswering, PreTrainedModel
from transformers import PreTrainedTokenizerBase as Tokenizer

from oracle.pieces import MAKERS

LONGEST = 256  # tokens
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "initializer_range": 0.2,
}
ROLES = ("cls", "pad", "sep", "unk", "mask")
BERT = dict(zip(ROLES, ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], strict=True))
ROBERTA = dict(zip(ROLES, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], strict=True))
MPNET = {**ROBERTA, "unk": "[UNK]"}
ALBERT = {**BERT, "pad": "<pad>", "unk": "<unk>"}
DISTILBERT = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48}
# Per family: its tokenizer's class, how that makes pieces, and what else its
# configuration has.
FAMILIES: dict[str, tuple[str, str, dict[str, str], dict[str, Any]]] = {
    "bert": ("BertTokenizer", "words", BERT, {}),
    "distilbert": ("BertTokenizer", "words", BERT, DISTILBERT),
    "electra": ("BertTokenizer", "words", BERT, {"embedding_size": 24}),
    "mpnet": ("MPNetTokenizer", "words", MPNET, {}),
    "roberta": ("RobertaTokenizer", "bytes", ROBERTA, {"type_vocab_size": 1}),
    "longformer": (
        "RobertaTokenizer",
        "bytes",
        ROBERTA,
        {"attention_window": 16, "sep_token_id": 2, "type_vocab_size": 1},
    ),
    "deberta": (
        "DebertaTokenizer",
        "bytes",
        BERT,
        {"relative_attention": True, "pos_att_type": "c2p|p2c"},
    ),
    "modernbert": (
        "PreTrainedTokenizerFast",
        "bytes",
        BERT,
        {"local_attention": 16, "cls_token_id": 0, "sep_token_id": 2},
    ),
    "xlm-roberta": ("XLMRobertaTokenizer", "spaces", ROBERTA, {"type_vocab_size": 1}),
    "albert": ("AlbertTokenizer", "spaces", ALBERT, {"embedding_size": 24}),
    "deberta-v2": (
        "DebertaV2Tokenizer",
        "spaces",
        BERT,
        {
            "relative_attention": True,
            "pos_att_type": "c2p|p2c",
            "position_biased_input": False,
            "share_att_key": True,
            "norm_rel_ebd": "layer_norm",
            "position_buckets": 32,
        },
    ),
}


def small_model(
    name: str, longest: int = LONGEST, **sizes: int
) -> tuple[Tokenizer, PreTrainedModel]:
    """Make a family's tokenizer and model, in evaluation mode.

    Args:
        longest: tokens that it reads at once.
        sizes: settings of its configuration, in place of the small ones.
    """
    tokenizer = _tokenizer(name, longest)
    extra = {"roberta": 2, "longformer": 2, "xlm-roberta": 2, "mpnet": 2}
    positions = {"max_position_embeddings": longest + extra.get(name, 0)}
    config = AutoConfig.for_model(
        name,
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        **{**SIZES, **FAMILIES[name][3], **positions, **sizes},
    )
    model = AutoModelForQuestionAnswering.from_config(config)
    _fill(model)
    return tokenizer, model.eval()


@torch.no_grad()
def _fill(model: PreTrainedModel) -> None:
    """Give each parameter numbers that depend on its name and shape alone."""
    for name, parameter in model.named_parameters():
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        numbers = 0.25 * torch.randn(parameter.shape, generator=generator)
        is_scale = parameter.ndim == 1 and name.endswith("weight")
        is_head = parameter.shape[0] == 2 and parameter.ndim == 2
        parameter.copy_(numbers * (2 if is_head else 1) + is_scale)


def save(name: str, folder: Path) -> None:
    """Write a family's small model where both libraries can load it.

    XLM-R's tokenizer is saved without its class: in 5.2.0 that class puts one separator
    between the texts, where the model was trained with two.
    """
    tokenizer, model = small_model(name)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    if name == "xlm-roberta":
        path = folder / "tokenizer_config.json"
        settings = json.loads(path.read_text("utf-8"))
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
        path.write_text(json.dumps(settings), "utf-8")


def _tokenizer(name: str, longest: int) -> Tokenizer:
    kind, cut, special, _ = FAMILIES[name]
    first = [special[role] for role in ROLES]
    arguments = {
        **{f"{role}_token": token for role, token in special.items()},
        "model_max_length": longest,
    }
    if name == "albert":  # as version 4 had it; 5 leaves types out
        inputs = ["input_ids", "token_type_ids", "attention_mask"]
        arguments["model_input_names"] = inputs
    made = MAKERS[cut](first)
    if kind != "PreTrainedTokenizerFast":
        own = {"do_lower_case": False} if cut == "words" else {}
        tokenizer = getattr(transformers, kind)(**made, **own, **arguments)
        if not tokenizer.num_special_tokens_to_add(pair=True):  # DeBERTa's, in 5.2
            template = _template(special, first, types=True)
            tokenizer.backend_tokenizer.post_processor = template
        return tokenizer
    return _generic(made, special, arguments)


def _generic(made: dict, special: dict[str, str], arguments: dict) -> Tokenizer:
    """Make ModernBERT's kind: byte pairs in BERT's template, without a class."""
    backend = Backend(models.BPE(**made))
    backend.pre_tokenizer = ByteLevel(add_prefix_space=False)
    backend.post_processor = _template(special, list(made["vocab"]), types=False)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=backend, **arguments)


def _template(
    special: dict[str, str], pieces: list[str], types: bool
) -> processors.TemplateProcessing:
    """BERT's special tokens around two texts, with or without its types."""
    cls, sep = special["cls"], special["sep"]
    second = int(types)
    return processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=f"{cls} $A {sep} $B:{second} {sep}:{second}",
        special_tokens=[(token, pieces.index(token)) for token in (cls, sep)],
    )
