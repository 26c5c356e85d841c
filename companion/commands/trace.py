"""One question's walk through the model, told in a page of text.

`python -m companion trace "Who?" "My name is Foo"` prints it. All numbers come from
the companion's own functions; no module of the library is called.
"""

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.encoder import Trace
from companion.encoder import trace as run_trace
from companion.qa_head import best_spans, span_logits, span_probabilities
from companion.qa_pipeline import LONGEST_ANSWER
from companion.qa_pipeline.answers import best_answers
from companion.qa_pipeline.arguments import check_tokens
from companion.qa_pipeline.windows import text_tokens
from companion.tokens import Encoded, encode

SHOWN = 5  # rows of the last table


@torch.inference_mode()
def walk(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
) -> str:
    """From the text to the answer: tokens, embeddings, layers, logits, span.

    Raises:
        TypeError, ValueError: if a text is blank or no string, if both are longer
            than the model can read, or if the context has no token.
    """
    encoded = encode(tokenizer, question, context)
    check_tokens("context", context, int(encoded.is_context.sum()))
    trace = run_trace(model.bert, **encoded.model_inputs())
    start_logits, end_logits = span_logits(model.qa_outputs, trace.last_hidden_state)
    starts, ends = span_probabilities(
        start_logits[0], end_logits[0], encoded.is_context
    )
    [(first, last, score)] = best_spans(starts, ends, LONGEST_ANSWER)
    span = " ".join(encoded.tokens[first : last + 1])
    answer = _in_whole_words(tokenizer, encoded, start_logits, end_logits)
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


def _in_whole_words(tokenizer: BertTokenizer, encoded: Encoded, *logits: Tensor) -> str:
    """What `QuestionAnswerer` says: spans that widen to the same words are added up."""
    wanted = encoded.is_context.clone()
    wanted[0] = True  # [CLS]
    [answer] = best_answers(
        encoded.context,
        text_tokens(tokenizer, encoded.context),
        torch.cat(logits)[:, wanted],
        top_k=1,
        max_answer_len=LONGEST_ANSWER,
        handle_impossible_answer=False,
        align_to_words=True,
    )
    place = f"characters {answer['start']} to {answer['end']}"
    return f"{answer['answer']}  ({place}, score {answer['score']:.3f})"


def _embeddings(trace: Trace) -> str:
    terms = trace.embeddings
    lengths = [f"{_length(t):.2f}" for t in (terms.words, terms.positions)]
    lengths += [f"{_length(terms.token_types):.2f}"]
    return (
        f"embeddings {tuple(terms.output.shape)}\n"
        "word + position + token type, then LayerNorm; mean lengths of the three: "
        + ", ".join(lengths)
    )


def _length(vectors: Tensor) -> float:
    return float(vectors.norm(dim=-1).mean())


def _layers(encoded: Encoded, trace: Trace, first: int) -> str:
    """What the answer's first token reads in each layer, and how far it has moved."""
    shape = tuple(trace.last_hidden_state.shape)
    token = encoded.tokens[first]
    lines = [
        f"{len(trace.layers)} layers {shape}",
        f"what {token!r}, position {first}, reads most of another token; and how alike",
        "its vector still is to its embedding (cosine)",
        "layer  head  weight  alike  token",
    ]
    begin = trace.embeddings.output[0, first]
    for number, layer in enumerate(trace.layers):
        weights = layer.weights[0, :, first].clone()  # (A, T)
        weights[:, first] = 0  # of another token
        head, read = divmod(int(weights.argmax()), weights.shape[1])
        alike = float(cosine_similarity(begin, layer.output[0, first], dim=0))
        lines.append(
            f"{number:5}  {head:4}  {weights.max():6.2f}  {alike:5.2f}  "
            f"{encoded.tokens[read]} ({read})"
        )
    return "\n".join(lines)


def _logits(encoded: Encoded, starts: Tensor, ends: Tensor) -> str:
    """The tokens that are most likely to be the answer's first or last."""
    best = torch.maximum(starts, ends).topk(min(SHOWN, int(encoded.is_context.sum())))
    lines = [
        f"qa_outputs (1, {len(encoded.tokens)}, 2)",
        "probability to be the answer's first token, and its last",
        "first   last  token",
    ]
    for position in sorted(best.indices.tolist()):
        token = f"{encoded.tokens[position]} ({position})"
        lines.append(f"{starts[position]:5.3f}  {ends[position]:5.3f}  {token}")
    return "\n".join(lines)
