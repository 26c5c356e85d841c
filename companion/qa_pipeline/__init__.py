"""From a question and a text of any length to an answer and its place. Chapter 7.

checkpoints  an answerer from a folder or a name on the hub
arguments    what the answerer is called with: checked, defaults filled in
pairing      questions and contexts, one or many, as pairs
families     what differs between encoders, asked of tokenizer and model
texts        a text as tokens
words        words by characters, where a tokenizer has no rule
windows      a context cut into windows that overlap, and its logits merged again
models       the model as it is when it is asked, on its device
batches      windows of many questions, run together; logits in order
bert         BERT's own forward pass, in few calls
processor    what a processor can do in float32 that PyTorch does not ask of it
answers      from one row of logits for a context to its best answers
answerer     `QuestionAnswerer`, which takes a question through all of them
"""

from companion.qa_pipeline.answerer import QuestionAnswerer
from companion.qa_pipeline.answers import LONGEST_ANSWER
from companion.qa_pipeline.checkpoints import question_answerer

__all__ = ["LONGEST_ANSWER", "QuestionAnswerer", "question_answerer"]
