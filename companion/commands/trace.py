"""`python -m companion trace`: one question's walk through the model, on a page.

`python -m companion trace "Who?" "My name is Foo"` prints it. All numbers come from
the companion's own functions; no module of the library is called.
"""

import argparse

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity
from transformers import BertForQuestionAnswering, BertTokenizer

import companion
from companion.commands import add_model_option, described
from companion.encoder import Trace
from companion.qa_head import best_spans, may_win, span_logits, span_probabilities
from companion.qa_pipeline import LONGEST_ANSWER
from companion.qa_pipeline.answers import best_answers
from companion.qa_pipeline.arguments import check_tokens, whole_text
from companion.qa_pipeline.texts import text_tokens
from companion.tokens import Encoded, encode

SHOWN = 5  # rows of the last table


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "trace",
        **described(
            "Show a question's walk through the model: tokens, embeddings, layers, "
            "logits, answer.",
            'trace "Who?" "My name is Foo"',
        ),
    )
    command.add_argument("question", help='in quotes, such as "Who?"')
    command.add_argument("context", help="the text that holds the answer")
    add_model_option(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the question's walk through the model."""
    print(walk(*companion.load(options.model), options.question, options.context))


@torch.inference_mode()
def walk(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
) -> str:
    """Follow a question from the text to the answer, through all parts of the model.

    Raises:
        TypeError, ValueError: if a text is empty or no string, if both are longer
            than the model can read, or if the context has no token.
    """
    whole_text("question", question)
    whole_text("context", context)
    encoded = encode(tokenizer, question, context)
    check_tokens("context", context, int(encoded.is_context.sum()))
    trace = companion.trace(model.bert, **encoded.model_inputs())
    start_logits, end_logits = span_logits(model.qa_outputs, trace.last_hidden_state)
    starts, ends = span_probabilities(
        start_logits[0], end_logits[0], encoded.is_context
    )
    [(first, last, score)] = best_spans(starts, ends, LONGEST_ANSWER)
    span = " ".join(encoded.tokens[first : last + 1])
    logits = torch.cat([start_logits, end_logits])  # (1, T) each -> (2, T)
    answer = _in_whole_words(tokenizer, encoded, logits)
    return "\n\n".join(
        [
            f"{len(encoded.tokens)} tokens\n{' '.join(encoded.tokens)}",
            _embeddings(trace),
            _layers(encoded, trace, first),
            _logits(encoded, starts, ends),
            f"best span\n{span}  (tokens {first} to {last}, score {score:.3f})",
            f"answer, in whole words\n{answer}",
        ]
    )


def _in_whole_words(tokenizer: BertTokenizer, encoded: Encoded, logits: Tensor) -> str:
    """Find the answerer's answer: spans that widen to the same words are added up."""
    [answer] = best_answers(
        encoded.context,
        text_tokens(tokenizer, encoded.context),
        logits[:, may_win(encoded.is_context)],  # (2, T) -> (2, 1 + N)
    )
    place = f"characters {answer['start']} to {answer['end']}"
    return f"{answer['answer']}  ({place}, score {answer['score']:.3f})"


def _embeddings(trace: Trace) -> str:
    terms = trace.embeddings
    lengths = [
        f"{_length(term):.2f}"
        for term in (terms.words, terms.positions, terms.token_types)
    ]
    return (
        f"embeddings {tuple(terms.output.shape)}\n"
        "word + position + token type, then LayerNorm; mean lengths of the three: "
        + ", ".join(lengths)
    )


def _length(vectors: Tensor) -> float:
    return float(vectors.norm(dim=-1).mean())


def _layers(encoded: Encoded, trace: Trace, first: int) -> str:
    """Show what the answer's first token reads per layer, and how far it has moved."""
    shape = tuple(trace.last_hidden_state.shape)
    token = encoded.tokens[first]
    lines = [
        f"{len(trace.layers)} layers {shape}",
        f"the token that {token!r} (position {first}) attends to most, besides itself;",
        "and the cosine between its vector after the layer and its embedding",
        "layer  head  weight  cosine  token",
    ]
    begin = trace.embeddings.output[0, first]
    for number, layer in enumerate(trace.layers):
        weights = layer.weights[0, :, first].clone()  # (A, T)
        weights[:, first] = 0
        head, read = divmod(int(weights.argmax()), weights.shape[1])
        cosine = float(cosine_similarity(begin, layer.output[0, first], dim=0))
        lines.append(
            f"{number:5}  {head:4}  {weights.max():6.2f}  {cosine:6.2f}  "
            f"{encoded.tokens[read]} ({read})"
        )
    return "\n".join(lines)


def _logits(encoded: Encoded, starts: Tensor, ends: Tensor) -> str:
    """List the tokens that are most likely to be the answer's first or last."""
    best = torch.maximum(starts, ends).topk(min(SHOWN, int(encoded.is_context.sum())))
    lines = [
        f"qa_outputs (1, {len(encoded.tokens)}, 2)",
        "probability of being the answer's first token, and its last",
        "first   last  token",
    ]
    for position in sorted(best.indices.tolist()):
        token = f"{encoded.tokens[position]} ({position})"
        lines.append(f"{starts[position]:5.3f}  {ends[position]:5.3f}  {token}")
    return "\n".join(lines)
