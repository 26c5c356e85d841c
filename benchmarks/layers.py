"""What each layer does for a question, over held-out questions.

    python -m benchmarks.layers squadshifts_new_wiki.json.gz \\
        squadshifts_reddit.json.gz squadshifts_amazon.json.gz --questions 300

Three ways to ask, with the share of exactly right answers and its standard error:

- the model's own head, on the vectors after each layer;
- a head of the same form that was fitted to that layer's vectors, on other held-out
  questions, about other paragraphs;
- the whole model, where from some layer on only the question reads the question.

Writes shares, no text, to `companion/measured/layers.json`. Takes about six minutes.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertForQuestionAnswering, BertTokenizer

import companion
from benchmarks.questions import about, held_out
from companion import encoder, measured, projection, tokens
from companion.fine_tuning.metrics import exact_match
from companion.fine_tuning.squad import Example
from companion.qa_head import answer_from, hide_question, may_win
from companion.tokens import Encoded

OUTPUT = measured.FOLDER / "layers.json"
LONGEST = 320  # tokens of a text
PENALTY = 0.01  # on the squares of a fitted head's weights
Right = dict[str, list[float]]


@dataclass(frozen=True, eq=False)
class Read:
    """A question with its context, and the residual stream, (L + 1, T, H)."""

    example: Example
    encoded: Encoded
    states: Tensor

    def is_right(self, head: nn.Linear, hidden: Tensor) -> float:
        """Ask `head` about vectors, (1, T, H): 1 if its answer is right, else 0."""
        text, _ = answer_from(head, hidden, self.encoded)
        return exact_match(text, [answer for answer, _ in self.example.answers])

    def begins_once(self) -> bool:
        """Tell whether the answer is its text's first place in the context."""
        text, start = self.example.answers[0]
        return self.example.context.find(text) == start


def main(paths: list[Path], questions: int) -> None:
    """Fit on one half of the paragraphs, measure on the other, write."""
    tokenizer, model = companion.load()
    to_fit = [t for t in read(tokenizer, model, paths, questions, 1) if t.begins_once()]
    heads = fitted_heads(to_fit, model.config.hidden_size)
    rights: list[Right] = []
    pages: list[str] = []
    with torch.inference_mode():
        for text in read(tokenizer, model, paths, questions, 0):
            rights.append(ask(model, heads, text))
            pages.append(text.example.context)
    figures = {
        **about("layers", *paths, "--questions", questions),
        "fitted on": len(to_fit),
        "questions": len(rights),
        "paragraphs": len(set(pages)),
        "right": {name: share([r[name] for r in rights], pages) for name in rights[0]},
    }
    OUTPUT.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def read(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    paths: list[Path],
    questions: int,
    half: int,
) -> Iterator[Read]:
    """Read held-out questions of each file, about one half of its contexts."""
    for path in paths:
        taken = 0
        for example in half_of(held_out(path), half):
            encoded = tokens.encode(tokenizer, example.question, example.context)
            if len(encoded.tokens) > LONGEST or taken == questions:
                continue
            with torch.inference_mode():
                trace = encoder.trace(model.bert, **encoded.model_inputs())
            taken += 1
            yield Read(example, encoded, projection.stream(trace))


def half_of(examples: list[Example], half: int) -> list[Example]:
    """Keep the questions about every second context, in random order."""
    contexts = list(dict.fromkeys(e.context for e in examples))
    random.Random(0).shuffle(contexts)
    kept = set(contexts[half::2])
    chosen = [e for e in examples if e.context in kept]
    random.Random(half).shuffle(chosen)
    return chosen


def ask(model: BertForQuestionAnswering, heads: list[nn.Linear], text: Read) -> Right:
    """Ask in three ways: 1 or 0 for each of the L + 1 places in the stream."""
    mask, own = hide_question(text.encoded), model.qa_outputs
    hidden = [
        text.is_right(own, hide_from(model, text.states, i, mask))
        for i in range(len(text.states))
    ]
    return {
        "own head": [text.is_right(own, x[None]) for x in text.states],
        "fitted head": [
            text.is_right(head, x[None])
            for head, x in zip(heads, text.states, strict=True)
        ],
        "question hidden": hidden,
    }


def hide_from(
    model: BertForQuestionAnswering, states: Tensor, first: int, mask: Tensor
) -> Tensor:
    """Run the layers from `first` on with a mask, and return the last vectors."""
    hidden = states[first][None]  # (1, T, H)
    for module in list(model.bert.encoder.layer)[first:]:
        hidden = encoder.trace_layer(module, hidden, mask).output
    return hidden


def fitted_heads(texts: list[Read], size: int) -> list[nn.Linear]:
    """Fit a head to the vectors at each of the L + 1 places in the stream."""
    spans = [text.encoded.tokens_of(text.example.answers[0][0]) for text in texts]
    return [
        fit([text.states[place] for text in texts], texts, spans, size)
        for place in range(len(texts[0].states))
    ]


def fit(
    vectors: list[Tensor], texts: list[Read], spans: list[tuple[int, int]], size: int
) -> nn.Linear:
    """Fit start and end vectors by the loss of chapter 6, over context and `[CLS]`."""
    competes = [may_win(text.encoded.is_context) for text in texts]
    text_of = torch.cat([torch.full_like(c, i).long() for i, c in enumerate(competes)])
    rows = torch.cat([x.clone() for x in vectors])  # (all tokens, H)
    mean, spread = rows.mean(dim=0), rows.std(dim=0)
    rows = (rows - mean) / spread
    firsts = torch.tensor([0, *(len(c) for c in competes[:-1])]).cumsum(0)
    right = firsts[:, None] + torch.tensor(spans)  # (texts, 2)
    shut_out = ~torch.cat(competes)
    weight = torch.zeros(size, 2, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = (rows @ weight).masked_fill(shut_out[:, None], -1e9)
        chances = logits - log_sums(logits, text_of, len(texts))[text_of]
        value = -chances.gather(0, right).mean() + PENALTY * weight.pow(2).sum()
        value.backward()
        return value

    optimizer.step(loss)
    head = nn.Linear(size, 2, bias=False)
    head.weight.data = (weight.detach() / spread[:, None]).T
    return head.eval()


def log_sums(logits: Tensor, text_of: Tensor, texts: int) -> Tensor:
    """The logarithm of the sum of e^logit over each text: (N, 2) -> (texts, 2)."""
    largest = logits.detach().amax()
    sums = torch.zeros(texts, 2).index_add(0, text_of, (logits - largest).exp())
    return largest + sums.log()


def share(rights: list[list[float]], pages: list[str]) -> dict[str, list[float]]:
    """Means, and standard errors that count a paragraph's questions as one draw."""
    table = torch.tensor(rights, dtype=torch.float64)  # (questions, L + 1)
    mean = table.mean(dim=0)
    groups: dict[str, Tensor] = defaultdict(lambda: torch.zeros(len(mean)).double())
    for page, row in zip(pages, table - mean, strict=True):
        groups[page] += row
    error = torch.stack(list(groups.values())).pow(2).sum(dim=0).sqrt() / len(table)
    rows = {"mean": mean, "error": error}
    return {name: [round(n, 4) for n in row.tolist()] for name, row in rows.items()}


if __name__ == "__main__":
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("paths", nargs="+", type=Path)
    command.add_argument("--questions", type=int, default=300, help="of each file")
    main(**vars(command.parse_args()))
