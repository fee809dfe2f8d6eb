"""What the machine that grades is like: its folders, its user, its language, where its packages are."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from tests.hostile.circumstance import ROOT, Circumstance, Seen, Trial, Way, points_seen, refusal_seen
from tests.hostile.lesson import LESSON, RIGHT

_SIGNS = "print('\\u2713 \\u221a \\xfc \\U0001f40d')"
_PACKAGE = "def three():\n    return 3\n"
_IMPORTED = "import lies_elsewhere\nassert lies_elsewhere.three() == 3"


def _graded(trial: Trial) -> Seen:
    return points_seen(trial, trial.grade())


def _with(**environment: str) -> Callable[[Trial], Seen]:
    """Grade with variables of the environment; `@ROOT@` stands for the trial's folder."""

    def happens(trial: Trial) -> Seen:
        root = str(trial.school.root)
        trial.environment |= {name: value.replace("@ROOT@", root) for name, value in environment.items()}
        return _graded(trial)

    return happens


def _temporary(length: int) -> Callable[[Trial], Seen]:
    """Grade with a folder for temporary files whose path has as many characters."""

    def happens(trial: Trial) -> Seen:
        base = f"{trial.school.root}/"
        folder = Path(base + "t" * (length - len(base)))
        folder.mkdir()
        trial.environment["TMPDIR"] = str(folder)
        return _graded(trial)

    return happens


def _home(name: str, mode: int) -> Callable[[Trial], Seen]:
    """Grade with a home folder of a mode; one that is called `of-root` stays root's."""

    def happens(trial: Trial) -> Seen:
        home = trial.school.root / name
        (home / ".cache").mkdir(parents=True)
        home.chmod(mode)
        trial.environment["HOME"] = str(home)
        try:
            return _graded(trial)
        finally:
            home.chmod(0o700)

    return happens


def _shown(**environment: str) -> Callable[[Trial], Seen]:
    """Grade what prints signs, and show the report, with variables of the environment that bear on text."""

    def happens(trial: Trial) -> Seen:
        trial.environment |= environment
        trial.hand_in("sign", {}, first=_SIGNS)
        seen = points_seen(trial, trial.grade(), "sign")
        if trial.way is Way.ALONE or not seen.as_due:
            return seen
        report = trial.run(trial.ours("report", LESSON))
        return Seen(f"{seen.text}, and a traceback of the report", False) if report.broke or report.status else seen

    return happens


def _package(trial: Trial) -> Path:
    folder = trial.school.root / "elsewhere"
    folder.mkdir()
    (folder / "lies_elsewhere.py").write_text(_PACKAGE)
    trial.hand_in("import", {}, first=_IMPORTED)
    return folder


def _by_variable(trial: Trial) -> Seen:
    trial.environment["PYTHONPATH"] = str(_package(trial))
    return points_seen(trial, trial.grade(), "import")


def _by_path_file(trial: Trial) -> Seen:
    """Grade in an environment that has nothing but a .pth, to the package, to all that is installed here, and to this project."""
    environment = trial.school.root / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    paths = [_package(trial), Path(sysconfig.get_path("purelib")), ROOT]
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    (packages / "elsewhere.pth").write_text("".join(f"{path}\n" for path in paths))
    trial.python = environment / "bin" / "python"
    return points_seen(trial, trial.grade(), "import")


def _mask_refused(trial: Trial) -> Seen:
    trial.umask = 0o777
    return refusal_seen(trial, trial.grade())


def _from_a_pipe(*file: str) -> Callable[[Trial], Seen | None]:
    def happens(trial: Trial) -> Seen | None:
        if trial.way is not Way.OURS:
            return None
        answer = f"import torch\n{RIGHT['relu']}\n"
        said = trial.run(trial.ours("judge", "relu", *file), answer.encode())
        return Seen("traceback" if said.broke else trial.shortened(said.sentence), said.status == 0)

    return happens


_POINTS = "1 · 1.5 · 1"
MACHINE: tuple[Circumstance, ...] = (
    *(
        Circumstance(f"temporary-{length}", f"`TMPDIR` is a path of {length} characters", _POINTS, _temporary(length))
        for length in (60, 100, 150)
    ),
    Circumstance("home-of-root", "`HOME` is somebody else's", _POINTS, _home("of-root", 0o700), ordinary=True),
    Circumstance("home-closed", "`HOME` may not be read", _POINTS, _home("closed", 0), ordinary=True),
    Circumstance("home-missing", "`HOME` is not there", _POINTS, _with(HOME="@ROOT@/nowhere"), ordinary=True),
    Circumstance("cp1252", "`PYTHONIOENCODING=cp1252`", _POINTS, _shown(PYTHONIOENCODING="cp1252")),
    Circumstance("ascii", "`PYTHONIOENCODING=ascii`", _POINTS, _shown(PYTHONIOENCODING="ascii")),
    Circumstance("plain-c", "`LC_ALL=C PYTHONUTF8=0`", _POINTS, _shown(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")),
    Circumstance("path-variable", "a package in another folder by `PYTHONPATH`", _POINTS, _by_variable),
    Circumstance("path-file", "everything in other folders by a `.pth`", _POINTS, _by_path_file),
    Circumstance("umask-777", "umask 777, as an ordinary user", "one sentence", _mask_refused, ordinary=True),
    Circumstance("dev-stdin", "`python -m grading judge relu /dev/stdin`", "judged", _from_a_pipe("/dev/stdin")),
    Circumstance("hyphen", "`python -m grading judge relu -`", "judged", _from_a_pipe("-")),
)  # fmt: skip
