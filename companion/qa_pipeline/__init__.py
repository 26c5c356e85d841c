"""From a question and a text of any length to an answer and its place. Chapter 7.

arguments    what the answerer is called with: checked, paired, defaults filled in
families     what differs between encoders, asked of tokenizer and model
texts        a text as tokens
windows      a context cut into windows that overlap, and its logits merged again
models       the model as it is when it is asked, on its device
batches      windows of many questions, run together; logits in order
answers      from one row of logits for a context to its best answers
answerer     `QuestionAnswerer`, which takes a question through all of them
"""

from companion.qa_pipeline.answerer import QuestionAnswerer
from companion.qa_pipeline.answers import LONGEST_ANSWER

__all__ = ["LONGEST_ANSWER", "QuestionAnswerer"]
