"""Runs in the environment of transformers 5.2.0: `old.py MODEL < calls > answers`."""

import json
import sys

import torch
import transformers
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, pipeline

if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    folder = sys.argv[1]
    model = AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32)
    answerer = pipeline(
        "question-answering",
        model=model,
        tokenizer=AutoTokenizer.from_pretrained(folder),
        device="cpu",
    )
    for line in sys.stdin:
        print(json.dumps(answerer(**json.loads(line))), flush=True)
