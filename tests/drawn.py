"""Each figure as the book draws it: as many tokens, layers and heads, names as long."""

import math

import torch
from transformers import BertConfig

from companion import embeddings, figures, measured, running, tokens
from companion.architecture import Part
from companion.qa_pipeline import batches, windows

CONFIG = BertConfig(
    vocab_size=28_996,
    hidden_size=384,
    num_hidden_layers=6,
    num_attention_heads=12,
    intermediate_size=1536,
)
TOKENS = ["[CLS]", "Who", "?", "[SEP]", "My", "name", "is", "F", "##oo", "[SEP]"]
ONE_HEAD = torch.linspace(0, 1, 100).reshape(1, 10, 10)
MEASURES = ["weights", "rollout", "value norms", "gradient times input"]
MEASURES += ["integrated gradients", "left out"]
KINDS = ["previous", "next", "[CLS]", "[SEP]", "same word", "the answer"]
NAMES = ["Anton", "Oslo", "Who"]
STEPS = [abs(math.sin(i / 9)) + 3 / (1 + i / 20) for i in range(300)]
WORDS = ["When", "Anton", "died", "in", "1907", ",", "Clara", "moved", "the", "museum"]
WORDS += ["to", "Oslo", ";", "its", "doors"]


def tree():
    """The parts of a model of twelve layers, with numbers as long as they get."""
    rows = [("bert.embeddings", 22_665_216, 0.21), ("qa_outputs", 1_538, 0.0)]
    layers = [f"bert.encoder.layer.{i}" for i in range(12)]
    rows[1:1] = [(layer, 7_087_872, 0.066) for layer in layers]
    rows += [(f"{layer}.attention", 2_363_904, 0.02) for layer in layers]
    return [Part(path, "Module", {}, count, share) for path, count, share in rows]


def encoded(embedded, question=running.QUESTION, context=running.CONTEXT):
    return tokens.encode(embedded[0], question, context)


def terms(embedded):
    with torch.inference_mode():
        ids = encoded(embedded).input_ids
        return embeddings.embed(embedded[1].bert.embeddings, ids)


def paragraph(embedded):
    return encoded(embedded, "Who was her brother?", running.PARAGRAPH).tokens


def stored(name, *keys):
    found = measured.results(name)
    for key in keys:
        found = found[key]
    return found


def span_table():
    names = [*WORDS, "opened", "to", "the", "public"]
    return figures.span_table(names, [0.1] * len(names), [0.2] * len(names), 15)


def token_maps():
    points = torch.tensor([[math.sin(7 * i), math.cos(3 * i)] for i in range(81)])
    named = [5, 20, 35, 50, 65, 80]
    names = ["museum", "Lindqvist", *TOKENS, *WORDS] * 4
    return figures.token_maps(
        points.expand(7, -1, -1), [0.11] * 7, names, named, torch.arange(81) < 7
    )


KEYS = torch.tensor([[1.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
VALUES = torch.tensor([[3.0, 1.0], [1.0, 3.0], [-1.0, 0.0]])
LAYERS = {name: [3.0, 1, 2, 0.5, 4, 2] for name in ("before", "attention", "between")}
LINES = {
    "He left the house at noon.": [1.0, 0.9, 0.8, 0.9, 0.9, 0.9, 0.9],
    "The door is on the left side.": [0.9, 0.8, 0.6, 0.4, 0.6, 0.8, 0.9],
    "its other tokens": [0.0, 0.1, 0.1, 0.1, 0.3, 0.5, 0.7],
}
MARGINS = torch.linspace(-2, 0.1, 72).reshape(6, 12)
LANGUAGES = {
    "English": (8, 0),
    "Turkish": (18, 0),
    "Greek": (34, 0),
    "Chinese": (12, 9),
}
LENGTHS = [20 + 3 * i for i in range(24)]

# For each name in `figures` a call; it gets the book's tokenizer and model.
DRAWN = {
    "ablation_scores": lambda _: figures.ablation_scores(
        {**stored("ablations", "ablations")}, 4000
    ),
    "activations": lambda _: figures.activations(),
    "agreement": lambda _: figures.agreement(
        {name: {"mean": 0.5, "error": 0.01} for name in MEASURES[:-1]}
    ),
    "alignment": lambda embedded: figures.alignment(encoded(embedded)),
    "all_heads": lambda _: figures.all_heads(ONE_HEAD.expand(6, 12, 10, 10)),
    "attention_flow": lambda _: figures.attention_flow(CONFIG, 10),
    "attention_lines": lambda _: figures.attention_lines(
        WORDS, torch.eye(len(WORDS)) * 0.9
    ),
    "bodies_that_guess": lambda _: figures.bodies_that_guess(
        {"word frequencies": 5.0, "trained to answer": 6.0, "guesser": 38.0}
    ),
    "cross_entropy": lambda _: figures.cross_entropy({"start": 0.02, "end": 0.99}),
    "data_flow": lambda _: figures.data_flow(CONFIG, TOKENS),
    "domain_scores": lambda _: figures.domain_scores(
        measured.held_out_scores(), {"EM": 80.8, "F1": 88.5}, "BERT-base on SQuAD"
    ),
    "embedding_sum": lambda _: figures.embedding_sum(CONFIG, 10),
    "guessing_flow": lambda _: figures.guessing_flow(9, 384, 28_996),
    "head_effects": lambda _: figures.head_effects(MARGINS),
    "head_kinds": lambda _: figures.head_kinds(dict.fromkeys(KINDS, -MARGINS / 2)),
    "layer_flow": lambda _: figures.layer_flow(CONFIG, 10),
    "learning_curve": lambda _: figures.learning_curve(STEPS),
    "learning_stages": lambda _: figures.learning_stages(
        {"stage 1": STEPS, "stage 2": STEPS[100:]}
    ),
    "logits_under_text": lambda embedded: figures.logits_under_text(
        paragraph(embedded), [-5 + i / 8 for i in range(81)], [-5.0] * 80 + [7.0]
    ),
    "no_answer_scores": lambda _: figures.no_answer_scores(
        stored("calibration", "no_answer")
    ),
    "one_head_or_two": lambda _: figures.one_head_or_two(NAMES[:2], VALUES[:2]),
    "over_layers": lambda _: figures.over_layers(LINES, "cosine similarity"),
    "padding": lambda _: figures.padding(LENGTHS, list(batches.batch_rows(LENGTHS, 4))),
    "parameters_by_part": lambda _: figures.parameters_by_part(tree()),
    "piece_lengths": lambda embedded: figures.piece_lengths(list(embedded[0].vocab)),
    "pieces_by_language": lambda _: figures.pieces_by_language(LANGUAGES),
    "pipeline_flow": lambda _: figures.pipeline_flow(),
    "position_similarity": lambda _: figures.position_similarity(
        torch.randn(128, 384, generator=torch.Generator().manual_seed(0))
    ),
    "position_waves": lambda _: figures.position_waves(
        torch.randn(99, 384, generator=torch.Generator().manual_seed(0)), [380, 39], 1
    ),
    "query_and_mixture": lambda _: figures.query_and_mixture(
        NAMES, torch.tensor([1.5, 0.0]), KEYS, torch.tensor([0.6, 0.3, 0.1]), VALUES
    ),
    "query_times_keys": lambda _: figures.query_times_keys(
        TOKENS, torch.linspace(-9, 9, 320).reshape(10, 32)
    ),
    "reliability": lambda _: figures.reliability(stored("calibration", "best_answer")),
    "resting_curve": lambda _: figures.resting_curve(STEPS, 39, 2.99),
    "right_after_layers": lambda _: figures.right_after_layers(
        stored("layers", "right")
    ),
    "slope_at": lambda _: figures.slope_at(lambda w: (w - 3) ** 2, 5.0, 4.0, 3.0),
    "span_flow": lambda _: figures.span_flow(CONFIG, 81),
    "span_table": lambda _: span_table(),
    "term_norms": lambda embedded: figures.term_norms(TOKENS, terms(embedded)),
    "token_maps": lambda _: token_maps(),
    "token_measures": lambda _: figures.token_measures(
        TOKENS, dict.fromkeys(MEASURES, ONE_HEAD[0, 5])
    ),
    "token_probabilities": lambda _: figures.token_probabilities(
        TOKENS, [0.1] * 10, [0.9] * 10
    ),
    "training_flow": lambda _: figures.training_flow(20, 384),
    "update_lengths": lambda _: figures.update_lengths(
        {**LAYERS, "feed-forward": [22.0, 1, 2, 0.5, 4, 2]}
    ),
    "weight_maps": lambda _: figures.weight_maps(
        TOKENS, ONE_HEAD.expand(12, 10, 10), [f"head {i}" for i in range(12)]
    ),
    "window_scores": lambda _: figures.window_scores([0.3, 0.1, 0.9], [0.1, 0, 0.4]),
    "windows_over_context": lambda _: figures.windows_over_context(
        windows.cut(73, room=40, stride=16), token=28
    ),
    "wordpiece_steps": lambda embedded: figures.wordpiece_steps(
        "Lindqvist", embedded[0].vocab
    ),
}
