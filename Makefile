# Every target sets up what it needs first; once set up, nothing is fetched again until a lock file changes.
# PYTHON names the Python (3.11 or newer) to build .venv with when the one on PATH is not the one to use.

PYTHON ?=
IN_VENV := .venv/bin/python

.PHONY: help run test test-long test-windows mutants bench format lock clean

help:
	@echo "make run      set up and open the application with fictional data (without a display: papers and pictures in out/)"
	@echo "make test     set up and run every check and test, on SQLite and PostgreSQL"
	@echo "make test-long  set up and try for half an hour to lose, damage or leak something; prints what was measured"
	@echo "make test-windows  set up and try it on Windows, under Wine where that can be installed (about a quarter of an hour)"
	@echo "make mutants  set up and change services and domain in 300 small ways; lists what no test notices (about an hour)"
	@echo "make bench    set up and measure against the floors; prints the table of README.md"
	@echo "make format   bring the code into the house's format"
	@echo "make lock     resolve the dependencies of pyproject.toml again into requirements/"
	@echo "make clean    remove what runs and tests leave behind; .venv and .windows stay"

run:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh run
	@$(IN_VENV) tools/run.py

test:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) tools/check.py

test-long:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) tools/check_long.py

# Some parts only: make test-windows PARTS="types commands window tests frozen"
test-windows:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) -m tools.check_windows $(PARTS)

# More on its command line: make mutants ASK="--again survivors"
mutants:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) -m tools.mutants $(ASK)

bench:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) benchmarks/run.py

format:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) -m ruff check --fix-only --quiet .
	@$(IN_VENV) -m ruff format .

lock:
	@PYTHON="$(PYTHON)" sh tools/set_up.sh test
	@$(IN_VENV) tools/lock.py

clean:
	rm -rf out build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
