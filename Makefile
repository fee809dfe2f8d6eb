# The commands of the course. `make help` lists them; CI runs these same targets.
#
# Settings, on the command line or in the environment:
#   PYTHON=python3.12   the Python to make the virtual environment with (default: the first found from 3.11 to 3.13)
#   VENV=.venv          where the virtual environment is made, or is already
#   TORCH_INDEX=URL     another index for torch and torchvision; on Linux the default one has the CUDA build, 2.8 GB
#                       (CPU only: https://download.pytorch.org/whl/cpu)
#   WORKERS=2           how many processes run the tests (default: one more than there are processors, at most 4)
#   ARGS="-k relu -x"   more arguments for pytest
#   TAG=v1.2.3          the tag of a release, for `make dist`

VENV ?= .venv
PYTHON ?=
TORCH_INDEX ?=
ARGS ?=
TAG ?=

# One more than there are processors, for tests that wait; at most four.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
INSTALL := $(PIP_INSTALL) --constraint constraints-dev.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
# Of pip's hundreds of lines, those that say what is being waited for.
SHOW_PROGRESS := awk '/Downloading.* MB\)/ {print; fflush()} /^Installing collected/ {print "  Unpacking"; fflush()}'
SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Two OpenMP threads on a busy machine can be twenty times slower than one.
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help

.PHONY: demo
demo: $(VENV)/.installed-course ## Set up everything, grade a class over all six lessons and show the result
	@scripts/setup.sh packages $(VENV) demo
	@$(BIN)/python -m grading demo

.PHONY: test
test: $(VENV)/.installed-dev ## Install what the tests need and run them
	@scripts/setup.sh packages $(VENV) demo test
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

.PHONY: learner-test
learner-test: $(VENV)/.installed-dev ## Run the tests of what a learner uses, on Linux and macOS (on Windows: see CONTRIBUTING.md)
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 @tests/learner.txt $(ARGS)

.PHONY: hostile
hostile: $(VENV)/.installed-dev ## Grade the slow and the dangerous part of the hostile class, kill graders 200 times (minutes)
	$(BIN)/python -m pytest -m hostile tests/hostile tests/engine $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/.installed-dev ## Draw odd frames, notebooks, folders, messages and times for the readers of what others write (minutes)
	$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: hostile-report
hostile-report: $(VENV)/.installed-dev ## Write docs/hostile.md: every hostile submission under stock nbgrader and ours (minutes)
	$(BIN)/python -m tests.hostile

.PHONY: odd-report
odd-report: $(VENV)/.installed-dev ## Write docs/odd.md: odd files, cells and circumstances under nbgrader alone, with our settings, and ours (minutes)
	$(BIN)/python -m tests.hostile --odd

.PHONY: same-points
same-points: $(VENV)/.installed-dev ## Grade the demo class and the hostile class three times each and compare (a quarter of an hour)
	$(BIN)/python -m pytest -m same_points tests/engine/test_same_points.py -s $(ARGS)

.PHONY: nbgrader-test
nbgrader-test: $(VENV)/.installed-dev ## Run nbgrader's own tests, and a class, with our configuration and without (minutes)
	$(BIN)/python -m pytest -m nbgrader tests/engine -s $(ARGS)

.PHONY: claims
claims: $(VENV)/.installed-dev ## Compute every number and comparison that the lessons claim, on all images where they speak of them (minutes)
	$(BIN)/python -m tests.claims $(ARGS)

.PHONY: links
links: $(VENV)/.installed-dev ## Ask whether every address in the lessons and documents still answers (needs a network)
	$(BIN)/python -m scripts.links $(ARGS)

.PHONY: benchmark-judge
benchmark-judge: $(VENV)/.installed-dev ## Measure how fast a check answers into benchmarks/judge (minutes)
	$(BIN)/python -m benchmarks.judge

.PHONY: benchmark-build-mlp
benchmark-build-mlp: $(VENV)/.installed-dev ## Measure how much of a score of build_mlp is luck into benchmarks/build_mlp (half an hour)
	$(BIN)/python -m benchmarks.build_mlp

.PHONY: benchmark-training
benchmark-training: $(VENV)/.installed-dev ## Measure training against d2l and other libraries into benchmarks/training (half an hour)
	$(BIN)/python -m benchmarks.training

.PHONY: benchmark-grading
benchmark-grading: $(VENV)/.installed-dev ## Measure grading against nbgrader and otter-grader into benchmarks/grading (three quarters of an hour)
	$(BIN)/python -m benchmarks.grading

.PHONY: benchmark-scale
benchmark-scale: $(VENV)/.installed-dev ## Grade 10,000 submissions and compare the last with the first (a quarter of an hour to an hour)
	$(BIN)/python -m benchmarks.grading.scale

.PHONY: benchmark-one-more
benchmark-one-more: $(VENV)/.installed-dev ## Measure what one more submission costs, with and without a cluster (a quarter of an hour)
	$(BIN)/python -m benchmarks.grading.one_more

.PHONY: colab-test
colab-test: $(VENV)/.installed-dev ## Run every lesson on Colab's versions, kept in .colab/ (6 GB, minutes)
	@scripts/setup.sh packages $(VENV) colab
	$(BIN)/python -m pytest -m colab tests/colab -s $(ARGS)

.PHONY: newest-test
newest-test: ## Run a sample of the tests with the newest releases that the bounds allow, in .venv-newest/ (minutes; downloads torch)
	rm -rf .venv-newest
	@scripts/setup.sh venv .venv-newest $(PYTHON)
	.venv-newest/bin/python -m pip install --quiet --upgrade pip
	.venv-newest/bin/python -m pip install $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) --editable '.[dev]' | $(SHOW_PROGRESS)
	.venv-newest/bin/python -m pip install --quiet --no-deps d2l==1.0.3
	.venv-newest/bin/python -m pytest -n $(WORKERS) --maxprocesses 4 @tests/newest.txt $(ARGS)

.PHONY: lessons-test
lessons-test: $(VENV)/.installed-dev ## Run every cell of every notebook twice, solved and as handed out; draw what trains with every right answer (minutes)
	$(BIN)/python -m pytest -m lessons tests/build/test_every_cell.py tests/figures -s $(ARGS)

.PHONY: judge-report
judge-report: $(VENV)/.installed-dev ## Measure the judge over the whole corpus into docs/judge.md (hours; resumes)
	$(BIN)/python -m tests.corpus $(ARGS)

.PHONY: judge-noise
judge-noise: $(VENV)/.installed-dev ## Measure what random answers get into docs/random-answers.md (an hour; resumes)
	$(BIN)/python -m tests.corpus.noise $(ARGS)

.PHONY: judge-wild
judge-wild: $(VENV)/.installed-dev ## Write docs/wild.md: what the judge says of answers that other people published
	$(BIN)/python -m tests.wild

.PHONY: judge-messages
judge-messages: $(VENV)/.installed-dev ## Write what every wrong answer is told into tests/golden/messages.md
	$(BIN)/python -m tests.corpus.messages $(ARGS)

.PHONY: lab
lab: $(VENV)/.installed-course ## Open JupyterLab on the lessons
	$(BIN)/jupyter lab $(AS_ROOT) --ServerApp.root_dir=notebooks

.PHONY: build
build: $(VENV)/.installed-course ## Make notebooks/, source/, release/ and solutions/ from lessons/
	$(BIN)/python -m grading build

.PHONY: api
api: $(VENV)/.installed-dev ## Write docs/api.md and docs/commands.md from the docstrings of what is public
	$(BIN)/python scripts/api.py

.PHONY: class-wheel
class-wheel: $(VENV)/.installed-dev ## Build the package for a class into dist/, without hidden cases and answers
	@scripts/class_wheel.sh $(abspath $(BIN))/python dist

.PHONY: check
check: lint ## Prove that what is committed is what lessons and docstrings give; writes nothing
	$(BIN)/python -m grading lint
	$(BIN)/python -m grading verify
	$(BIN)/python -m tests.claims --lint
	$(BIN)/python scripts/api.py --check

.PHONY: lint
lint: $(VENV)/.installed-dev ## Check format, style, types, imports and the hosting site's files; writes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@# The schemas come with check-jsonschema: nothing is downloaded.
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) custom.github-workflows-require-timeout .github/workflows/*.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA) vendor.citation-file-format CITATION.cff
	$(BIN)/pre-commit validate-config

.PHONY: format
format: $(VENV)/.installed-dev ## Format the code and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: pins
pins: $(VENV)/.installed-dev ## Write the versions of this environment into constraints-dev.txt
	$(BIN)/python scripts/pins.py >constraints-dev.new
	mv constraints-dev.new constraints-dev.txt

.PHONY: dist
dist: $(VENV)/.installed-dev ## Build what is published into dist/: wheel, source archive, notebooks; TAG=v1.2.3 proves that they fit it
	rm -rf dist
	$(BIN)/python scripts/release.py dist $(if $(value TAG),"$$TAG")
	$(BIN)/python -m build --no-isolation --outdir dist

.PHONY: clean
clean: ## Remove caches, and nothing of a class; keeps the virtual environment
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find benchmarks grading lessons scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: clean-class
clean-class: ## Show what a class left behind (submissions, gradebook, feedback ...), and remove it if you say yes
	@scripts/clean_class.sh

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@scripts/setup.sh venv $(VENV) $(PYTHON)
	@# The pip that comes with Python 3.11 takes three times as long to choose versions.
	@$(PIP_INSTALL) --quiet --upgrade pip

$(VENV)/.installed-course: pyproject.toml constraints-dev.txt | $(BIN)/python
	@echo "Installing the course into $(VENV) (minutes the first time, most of them for torch)"
	@$(INSTALL) --editable '.[instructor]' | $(SHOW_PROGRESS)
	@# Second and without its dependencies: it pins versions of 2023 (see pyproject.toml).
	@$(PIP_INSTALL) --quiet --no-deps d2l==1.0.3
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-course
	@echo "Installing what development needs into $(VENV)"
	@$(INSTALL) --editable '.[dev]' | $(SHOW_PROGRESS)
	@touch $@
