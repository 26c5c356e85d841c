"""Hypothesis strategies: small random BERTs, and inputs that fit them."""

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from transformers import BertConfig, BertForQuestionAnswering

POSITIONS, WORDS = 24, 40


@dataclass
class Case:
    """A model in evaluation mode, and what it is called with."""

    model: BertForQuestionAnswering
    inputs: dict[str, torch.Tensor]

    def __repr__(self):
        shapes = {name: tuple(ids.shape) for name, ids in self.inputs.items()}
        return f"Case({self.model.config.to_diff_dict()}, {shapes})"


@st.composite
def cases(draw, dtype=torch.float32, attention="eager"):
    """Any depth, width, number of heads, activation, batch, length and padding."""
    heads = draw(st.integers(1, 4))
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=heads * draw(st.integers(1, 6)),
        num_hidden_layers=draw(st.integers(1, 3)),
        num_attention_heads=heads,
        intermediate_size=draw(st.integers(1, 20)),
        hidden_act=draw(st.sampled_from(["gelu", "gelu_new", "relu", "silu", "tanh"])),
        max_position_embeddings=POSITIONS,
        type_vocab_size=draw(st.integers(1, 3)),
        initializer_range=draw(st.sampled_from([0.02, 0.5])),
        attn_implementation=attention,
    )
    seed = draw(st.integers(0, 2**31))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertForQuestionAnswering(config).to(dtype).eval()
        with torch.no_grad():  # or biases are 0, LayerNorms 1, and mistakes unseen
            for parameter in model.parameters():
                if parameter.ndim == 1:
                    parameter.add_(0.3 * torch.randn_like(parameter))
        return Case(model, _inputs(draw, config))


def _inputs(draw, config):
    batch, tokens = draw(st.integers(1, 3)), draw(st.integers(1, POSITIONS))
    integer = draw(st.sampled_from([torch.int32, torch.int64]))

    def ids(below, rows=batch, dtype=integer):
        return torch.randint(below, (rows, tokens), dtype=dtype)

    inputs = {"input_ids": ids(WORDS)}
    if draw(st.booleans()):
        inputs["token_type_ids"] = ids(config.type_vocab_size)
    if draw(st.booleans()):
        # Without token types the library gathers some by position, which Torch 2.6 does
        # for int64 only.
        kind = integer if "token_type_ids" in inputs else torch.int64
        rows = draw(st.sampled_from([1, batch]))
        inputs["position_ids"] = ids(POSITIONS, rows, kind)
    if draw(st.booleans()):
        mask = ids(2)
        mask[torch.arange(batch), torch.randint(tokens, (batch,))] = 1  # one is read
        inputs["attention_mask"] = mask
    return inputs
