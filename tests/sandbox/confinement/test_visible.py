"""What of this package is there within the sandbox: only files that are named, and nothing that a student must not know."""

from __future__ import annotations

import ast
import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import grading
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from grading.sandbox.confinement import jail
from grading.sandbox.confinement.visible import EMPTY, visible_files
from tests.engine import tiny

PACKAGE = Path(grading.__file__).parent
# All that a submission can read of the package. Whoever adds a line has asked what a student learns from the file.
INSIDE = """
__init__.py cells.py checking.py device.py errors.py graded.py interrupts.py outcome.py seeds.py text.py
torchvision_operators.py units.py
adapters/__init__.py adapters/ipykernel.py adapters/ipython.py adapters/jupyter_client.py adapters/names.py adapters/torch.py
data/__init__.py data/bundled.py data/download.py data/fashion.py data/files.py data/idx.py data/minibatches.py data/module.py
data/stock.py
data/sample/fashion-mnist-sample.idx.gz
figures/__init__.py figures/approximation.py figures/choices.py figures/classification.py figures/clipping.py figures/computation.py
figures/counts.py figures/curves.py figures/decision.py figures/depth.py figures/display.py figures/distributions.py figures/epochs.py
figures/folding.py figures/gradient_check.py figures/graph.py figures/images.py figures/jacobians.py figures/learning.py
figures/limits.py figures/lines.py figures/matrices.py figures/memory.py figures/meter.py figures/network.py
figures/panels.py figures/pieces.py figures/png.py figures/samples.py
figures/scalars.py figures/smooth.py figures/style.py figures/symmetry.py
figures/training.py figures/weight_decay.py
judging/__init__.py judging/devices.py
practice/__init__.py
probe/__init__.py probe/blueprints.py probe/call.py probe/device_audit.py probe/feature_cache.py probe/freeze.py probe/functions.py
probe/generators.py probe/gradients.py probe/helpers.py probe/learner.py
probe/networks.py probe/observe.py probe/parameters.py probe/prints.py probe/repeats.py probe/serve.py
probe/settings.py probe/shapes.py probe/steps.py probe/stub.py
probe/training.py probe/trees.py probe/watch.py probe/wire.py
sandbox/__init__.py sandbox/confinement/__init__.py sandbox/confinement/jail.py sandbox/confinement/linux.py
sandbox/confinement/visible.py sandbox/kernel/__init__.py sandbox/kernel/application.py sandbox/kernel/ending.py
sandbox/kernel/launch.py sandbox/kernel/messages.py sandbox/kernel/names.py sandbox/kernel/publishing.py sandbox/kernel/surroundings.py
study/__init__.py
training/__init__.py training/curves.py training/following.py training/hardware.py
training/live.py training/randomness.py training/threads.py
training/trainer.py training/trial_run.py
""".split()
# What a visible module names without needing it there: the judge, at home, where `check` runs beside it; and types.
OUTSIDE = {
    "checking.py": {
        "judging",
        "judging.earlier",
        "judging.exercise",
        "judging.judge",
        "judging.lines",
        "judging.stopping",
        "catalogue",
        "study.front_end",
        "study.helping",
        "study.panel",
        "study.records",
        "study.store",
    },
    "study/__init__.py": {
        "study.course_map",
        "study.helping",
        "study.explaining",
        "study.predicting",
        "study.solving",
        "study.store",
    },
    "practice/__init__.py": {
        "practice.drilling",
        "practice.ordering",
        "practice.reviewing",
        "practice.separating",
        "study.helping",
    },
    "__init__.py": {"judging", "judging.judge", "catalogue"},
}

CELLS = {
    "list": """
        import os
        sorted(os.path.relpath(os.path.join(folder, name), {package!r})
               for folder, _, names in os.walk({package!r}) for name in names)
    """,
    "secret": "os.path.getsize(os.path.join({package!r}, 'judging', '__init__.py'))",
    "import": """
        from importlib import import_module
        names = {modules!r}
        [name for name in names if not import_module(name)]
    """,
    # The fork server is in memory, and what it was made of has no secrets.
    "what came along": """
        import sys
        sorted(name for name in sys.modules if name.startswith('grading.') and name not in names
               and not name.startswith('grading.sandbox.'))
    """,
    "find others": """
        import pkgutil, grading, grading.judging, grading.probe, grading.sandbox
        sorted(one.name for place in (grading, grading.judging) for one in pkgutil.walk_packages(place.__path__, '')
               if one.name.split('.')[0] in ('catalogue', 'engine', 'build', 'judge', 'demo', 'report', 'commands', 'exercise'))
    """,
}


def modules() -> list[str]:
    paths = [name.removesuffix(".py").removesuffix("/__init__") for name in INSIDE if name.endswith(".py")]
    return ["grading" if path == "__init__" else f"grading.{path.replace('/', '.')}" for path in paths]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What the last expression of each cell is, in a kernel of the sandbox."""
    filled = {
        name: textwrap.dedent(text).strip().format(package=str(PACKAGE), modules=modules())
        for name, text in CELLS.items()
    }
    cells = [tiny.cell("code", source) for source in filled.values()]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=120)))
    assert result.problems == () and not result.failure, result
    outputs = [cell["outputs"][-1] for cell in json.loads(result.notebook)["cells"]]
    assert all(output["output_type"] == "execute_result" for output in outputs), outputs
    return {
        name: ast.literal_eval("".join(output["data"]["text/plain"]))
        for name, output in zip(CELLS, outputs, strict=True)
    }


def test_what_is_seen_from_inside_is_what_is_listed_here(seen: dict[str, Any]) -> None:
    assert seen["list"] == sorted(INSIDE)


def test_what_stands_for_the_judge_is_empty(seen: dict[str, Any]) -> None:
    assert seen["secret"] == 0
    assert EMPTY == ("judging/__init__.py",)


def test_every_visible_module_can_be_imported_there_and_brings_no_other(seen: dict[str, Any]) -> None:
    assert seen["import"] == []
    assert seen["what came along"] == []


def test_what_a_student_must_not_know_is_not_found(seen: dict[str, Any]) -> None:
    assert seen["find others"] == []


def test_no_file_is_listed_of_a_folder_that_holds_what_a_student_must_not_know() -> None:
    hidden = {"build", "catalogue", "commands", "demo", "engine", "report"}
    assert all((PACKAGE / folder).is_dir() for folder in hidden)
    assert not [name for name in visible_files() if name.split("/")[0] in hidden]
    assert [name for name in visible_files() if name.startswith("judging")] == ["judging/devices.py"]


def imports(path: Path) -> Iterator[str]:
    """Yield the modules of this package that a module imports, anywhere in it, relative to the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{one.name}" for one in node.names]
            names = [name if is_module(name) else node.module for name in inner]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        yield from (name.removeprefix("grading.") for name in names if name.startswith("grading."))


def is_module(name: str) -> bool:
    place = PACKAGE.parent / name.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").exists()


@pytest.mark.parametrize("name", [name for name in INSIDE if name.endswith(".py") and name not in EMPTY])
def test_what_a_visible_module_imports_is_visible(name: str) -> None:
    there = {one.removeprefix("grading.") for one in modules()}
    missing = set(imports(PACKAGE / name)) - there - OUTSIDE.get(name, set())
    assert not missing, (
        f"grading/{name} imports {missing}: name it in grading/sandbox/confinement/visible.py, or do without it"
    )


@pytest.mark.parametrize("folder", ["data", "figures", "training"])
def test_what_lessons_may_import_is_visible(folder: str) -> None:
    there = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / folder).rglob("*.py")}
    missing = there - set(visible_files())
    assert not missing, (
        f"lessons that import {missing} cannot be graded: name it in grading/sandbox/confinement/visible.py"
    )


ADDED = [
    "answers.py",
    "keys.json",
    "figures/answers.py",
    "data/sample/hidden.json",
    "probe/cases/hidden.py",
    "sandbox/secret.py",
    "sandbox/kernel/answers.py",
    "judging/answers.py",
    "catalogue/more/hidden.py",
    "adapters/more.py",
    "__pycache__/answers.cpython-311.pyc",
    "new/__init__.py",
]


@pytest.mark.parametrize("added", ADDED)
def test_a_file_that_is_added_is_hidden_until_it_is_named(
    added: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "grading"
    for name in visible_files():
        (copied / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, copied / name)
    monkeypatch.setattr(grading, "__file__", str(copied / "__init__.py"))
    before = jail.learners_view()
    (copied / added).parent.mkdir(parents=True, exist_ok=True)
    (copied / added).write_text("SECRET = 1\n")
    after = jail.learners_view()
    assert before == after
    assert str(copied / "device.py") in dict(after.shown)
    assert not [path for path, _ in after.shown if (copied / added).is_relative_to(path)]
