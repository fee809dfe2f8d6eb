"""`doctor` ends, says what is wrong and what to type, on installations that are broken in every way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grading.__main__ import main
from grading.doctor import course, examination, libraries, machine
from grading.doctor.apart import ROOT, Apart, Reply
from grading.doctor.finding import Finding, State, remark, well, wrong

# A library that is a file of this content, in a folder that comes first on the path, and what is said of it.
BROKEN = {
    "not there": ("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')", "No module named"),
    "half of it": ("raise OSError('libtorch_cpu.so: cannot open shared object file')", "libtorch_cpu.so"),
    "ends Python": ("import os; os._exit(7)", "status 7"),
    "leaves": ("raise SystemExit('licence expired')", "licence expired"),
    "another library": ("x = 1", "is not PyTorch"),
    "no Python": ("def", "SyntaxError"),
    "recurses": ("def f(): f()\nf()", "RecursionError"),
    "too old": (
        "__version__ = '1.13.1'\nclass Tensor: pass\ndef ones(*s): return __import__('numpy').ones(s)",
        "1.13.1",
    ),
    "computes wrongly": (
        "__version__ = '2.6'\nclass Tensor: pass\ndef ones(*s): return __import__('numpy').zeros(s)",
        "the sum",
    ),
    "prints": ("print('hello ' * 10**5)\nraise ValueError('two\\nlines')", "ValueError: two"),
}


def doctor(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "grading", "doctor", *words],
        cwd=folder,
        env={**variables, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def found_by(folder: Path, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = doctor(folder, "--json", **environment)
    assert done.stderr == "", done.stderr
    return done.returncode, {row["subject"]: row for row in json.loads(done.stdout)}


def looked_at(*stages: str) -> dict[str, Reply]:
    """What a doctor in this folder, with this environment, learns of these stages."""
    apart = Apart(*stages, seconds=60)
    try:
        return {stage: apart.reply(stage) for stage in stages}
    finally:
        apart.end()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_torch_is_told(case: str, here: Path) -> None:
    content, told = BROKEN[case]
    (here / "torch.py").write_text(content)
    found = libraries.torch(looked_at("torch")["torch"], ">=2.6,<3")
    assert found.state is State.WRONG and told in found.text and found.remedy
    assert "\n" not in found.text


def test_a_broken_torch_hides_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("import os; os._exit(7)")
    status, found = found_by(tmp_path)
    assert status == 1
    assert found["torch"]["state"] == "wrong" and "status 7" in found["torch"]["text"]
    assert found["data"]["state"] != "wrong" and found["Python"]["state"] == "well"


def test_a_sound_installation_is_well_and_no_colours_are_redirected(tmp_path: Path) -> None:
    done = doctor(tmp_path, TERM="xterm")
    assert done.returncode == 0, done.stdout
    assert "\x1b" not in done.stdout and "✗" not in done.stdout
    assert done.stdout.startswith("✓ Python") and done.stdout.endswith("You can learn here.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_stream_without_a_tick_gets_words(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("import os; os._exit(7)")
    done = doctor(tmp_path, PYTHONIOENCODING="ascii")
    assert done.stdout.startswith("ok Python") and "\nX  torch" in done.stdout and "?" not in done.stdout


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Finding]]:
    made: list[Finding] = []
    monkeypatch.setattr(examination, "examine", lambda: iter(made))
    yield made


def test_the_status_is_1_only_if_something_is_missing(
    findings: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    findings += [well("a", "b"), remark("c", "d", "e")]
    assert main(["doctor"]) == 0
    findings.append(wrong("f", "g\x1b[2J", "h"))
    assert main(["doctor"]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_a_look_that_fails_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> list[Finding]:
        raise ZeroDivisionError("no")

    monkeypatch.setattr(examination, "Apart", lambda *names, seconds: type("_", (), {"end": lambda self: None})())
    # Which examinations there are is nobody else's to say; here two are put in their place.
    monkeypatch.setattr(examination, "_looks", lambda running: [("a", fails), ("b", lambda: [well("b", "c")])])
    first, second = examination.examine()
    assert first.state.value == "remark" and "ZeroDivisionError: no" in first.text
    assert second == well("b", "c")


def test_nothing_is_imported_by_the_command_itself() -> None:
    program = "import sys, grading.doctor.examination, grading.commands.doctor; print({'torch', 'numpy', 'd2l'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a file with a first line is no program on Windows")
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("#!/bin/sh\necho 'no plugins' >&2; exit 1\n", "no plugins"),
        ("#!/bin/sh\nkill -9 $$\n", "status -9"),
        ("not a program", "cannot be used"),
        ("#!/bin/sh\nexit 0\n", "status 0"),
    ],
)
def test_a_dot_that_is_broken(script: str, told: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "dot").write_text(script)
    (here / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", f"{here}{os.pathsep}{os.environ['PATH']}")
    found = machine.dot(looked_at("dot")["dot"])
    assert found.state is State.REMARK and told in found.text


@pytest.mark.skipif(sys.platform == "win32", reason="there the folders are named by other variables")
def test_a_home_that_cannot_be_written_to(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "home").touch()  # a file is no folder, for root as well
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "MLP_COURSE_DATA", "MLP_COURSE_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(here / "home"))
    found = {one.subject: one for one in machine.folders(looked_at("folders")["folders"])}
    assert found["cache"].state is State.REMARK
    assert found["progress"].state is State.REMARK
    assert found["this folder"].state is State.WELL


@pytest.mark.parametrize("name", ["grading.py", "grading/__init__.py"])
def test_a_package_of_our_name_in_the_folder_does_not_stand_in_for_ours(name: str, here: Path) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text("raise RuntimeError('homework')")
    assert course.namesake(here).state is State.WRONG
    assert all(not reply.fault for reply in looked_at("folders", "data").values())
