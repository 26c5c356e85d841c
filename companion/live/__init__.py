"""The model in the page: BERT once more, in JavaScript, on rounded weights.

    kernel.wat, kernel.js   products of matrices
    bert.js                 the model, with the names of the companion's functions;
                            its parts in formulas.js, attention.js, heads.js
    characters.py           what the tokenizer does with each character, as a table
    wordpiece.js            text to pieces
    answer.js               windows, probabilities, the search for a span
    weights.py, weights.js  the weights, rounded to 8 bits by row, packed; and unpacked
    loading.js              a model from its weights
    reader.js, guesser.js   the models that answer, and that guess hidden words
    worker.js               all of it beside the page, which never waits
    panel.js, links.js      what a reader types into and sees; links to that

The scripts are put together when the book is built; nothing of that is stored here.
"""
