"""Every lesson on Colab's versions: the set-up cell really installs, Colab's own packages stay, the notebook runs.

`make colab-test` runs these; the first time they make the environment (minutes, 6 GB in `.colab/`). For one lesson:
`make colab-test ARGS="-k 02-activations"`. MLP_COURSE_DATA_SOURCE names other images than the bundled sample.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from grading import exercises
from grading.judging import VERDICT_MIME
from tests.colab.course import LESSONS, ROOT, build_wheel, learner_notebook, render, served, with_answers
from tests.colab.environment import CannotMake, Environment, colab_environment

pytestmark = pytest.mark.colab

# What the set-up cell may add to Colab's packages, and nothing else.
ADDED = {"d2l", "mlp-course", "torchinfo", "torchviz"}


def say(line: str) -> None:
    print(f"\n{line}", flush=True)


@pytest.fixture(scope="session")
def colab() -> Environment:
    try:
        environment = colab_environment(ROOT / ".colab", say)
    except CannotMake as hindrance:
        pytest.fail(str(hindrance), pytrace=False)
    say(f"Colab's versions in {environment.about}")
    return environment


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    wheels = tmp_path_factory.mktemp("wheels")
    folder = tmp_path_factory.mktemp("course")
    wheel = build_wheel(wheels)
    with served(wheels) as address:
        render(folder, f"{address}/{wheel}")
        yield folder


@dataclass(frozen=True, repr=False)
class Run:
    """A notebook after a run in a new runtime, and the packages before and after it, as pip's lines."""

    notebook: NotebookNode
    before: frozenset[str]
    after: frozenset[str]

    @property
    def code(self) -> list[Any]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def setup(self) -> str:
        """What the set-up cell has printed."""
        return "".join(output.text for output in self.code[0].outputs if output.output_type == "stream")

    @property
    def errors(self) -> list[str]:
        return [
            f"{cell.id}: {output.ename}: {output.evalue}"
            for cell in self.code
            for output in cell.outputs
            if output.output_type == "error"
        ]

    @property
    def warnings(self) -> list[str]:
        """The lines on stderr that warn: Python's. pip's own, about its settings, come to stdout; bars do not warn."""
        streams = [(cell.id, output) for cell in self.code for output in cell.outputs if output.output_type == "stream"]
        lines = [
            (identity, line)
            for identity, output in streams
            if output.name == "stderr"
            for line in output.text.splitlines()
        ]
        return [f"{identity}: {line}" for identity, line in lines if "warning" in line.lower()]

    @property
    def verdicts(self) -> dict[str, dict[str, Any]]:
        """The verdicts by the name of the exercise; a check that gave none is missing."""
        found = [output.data.get(VERDICT_MIME) for cell in self.code for output in cell.outputs if "data" in output]
        return {verdict["exercise"]: verdict for verdict in found if verdict}

    def ran_to_its_end(self) -> bool:
        return all(cell.execution_count for cell in self.code if cell.source.strip())


def run(colab: Environment, notebook: NotebookNode, work: Path) -> Run:
    """Run a notebook in an environment that has Colab's packages only."""
    before = colab.reset()
    shutil.copy(Path(__file__).with_name("inside.py"), work)
    nbformat.write(notebook, work / "notebook.ipynb")
    begin = time.monotonic()
    colab.run(*(f"{colab.folder(work)}/{name}" for name in ("inside.py", "notebook.ipynb", "ran.ipynb")), work=work)
    say(f"{work.name} took {time.monotonic() - begin:.0f} s")
    result = Run(nbformat.read(work / "ran.ipynb", as_version=4), before, colab.freeze())
    say(result.setup.strip().rpartition("\n")[2])
    return result


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def untouched(lesson: str, colab: Environment, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(colab, learner_notebook(course, lesson), tmp_path_factory.mktemp(f"untouched-{lesson}-"))


@pytest.fixture(scope="module")
def solved(lesson: str, colab: Environment, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    notebook = with_answers(learner_notebook(course, lesson), lesson)
    return run(colab, notebook, tmp_path_factory.mktemp(f"solved-{lesson}-"))


def checked(lesson: str) -> set[str]:
    return {exercise.name for exercise in exercises(lesson) if not exercise.manual}


def test_the_set_up_cell_installs_what_is_missing_and_leaves_colabs_own_packages_alone(untouched: Run) -> None:
    assert "%pip install" in untouched.code[0].source
    assert untouched.before <= untouched.after
    added = {line.partition("==")[0].partition(" @ ")[0] for line in untouched.after - untouched.before}
    assert added == ADDED


def test_the_set_up_cell_says_which_device_it_found(untouched: Run, colab: Environment) -> None:
    assert f"PyTorch {colab.run('-c', 'import torch; print(torch.__version__)').strip()}" in untouched.setup
    device = "import torch; print('cuda' if torch.cuda.is_available() else 'cpu')"
    assert colab.run("-c", device).strip() in untouched.setup.split()


def test_an_untouched_notebook_runs_to_its_end_without_a_traceback(untouched: Run) -> None:
    assert untouched.errors == []
    assert untouched.ran_to_its_end()


def test_every_check_of_an_untouched_notebook_says_that_nothing_was_attempted(untouched: Run, lesson: str) -> None:
    outcomes = {name: verdict["outcome"] for name, verdict in untouched.verdicts.items()}
    assert outcomes == dict.fromkeys(checked(lesson), "not attempted")


def test_the_answers_of_the_lesson_earn_full_marks(solved: Run, lesson: str) -> None:
    assert solved.errors == []
    assert solved.ran_to_its_end()
    scores = {name: verdict["score"] for name, verdict in solved.verdicts.items()}
    assert scores == dict.fromkeys(checked(lesson), 1.0)


def test_no_run_warns(untouched: Run, solved: Run) -> None:
    assert untouched.warnings == []
    assert solved.warnings == []
