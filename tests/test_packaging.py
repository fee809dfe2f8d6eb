"""What is installed, where from, and that all who describe it say the same.

The file is long because each of a dozen descriptions is compared with the others.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import grading
from grading.data import bundled
from grading.practice.drilling import NOT_HERE

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]

HELD_OUT = bundled.HELD_OUT.relative_to(ROOT).as_posix()

# Where conda-forge's name is another one.
CONDA_NAMES = {
    "graphviz": "python-graphviz",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "matplotlib": "matplotlib-base",
    "torch": "pytorch",
}
# What a learner never imports: parts that build, grade a class, or belong to the command line.
INSTRUCTOR_PARTS = {"adapters", "build", "commands", "course_folder", "demo", "engine", "lms", "report", "sandbox"}
# The one adapter that learners have.
TORCH = ROOT / "grading" / "adapters" / "torch.py"

HOMES = packages_distributions()


def requirements(*lists: list[str]) -> dict[str, Requirement]:
    """Return requirements by name, with what an extra says of other extras of ours left out."""
    found = [Requirement(line) for lines in lists for line in lines]
    return {canonicalize_name(each.name): each for each in found if each.name != PROJECT["project"]["name"]}


LEARNERS = requirements(PROJECT["project"]["dependencies"])
INSTRUCTORS = LEARNERS | requirements(EXTRAS["lab"], EXTRAS["instructor"])
DEVELOPERS = INSTRUCTORS | requirements(EXTRAS["dev"])
PINS = requirements(
    [
        line
        for line in (ROOT / "constraints-dev.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
)


def test_conda_and_pip_describe_the_same_set() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [line for line in environment["dependencies"] if isinstance(line, str)]
    by_pip = [line for part in environment["dependencies"] if isinstance(part, dict) for line in part["pip"]]
    conda = {Requirement(line).name: Requirement(line).specifier for line in plain + by_pip}
    assert conda.pop("python") == Requirement(f"python{PROJECT['project']['requires-python']}").specifier
    assert not conda.pop("pip")
    assert not conda.pop("graphviz")  # the program; pip's package of that name is python-graphviz there
    assert conda == {CONDA_NAMES.get(name, name): each.specifier for name, each in INSTRUCTORS.items()}
    assert environment["name"] == PROJECT["project"]["name"]


@pytest.mark.parametrize("name", DEVELOPERS)
def test_every_dependency_has_a_lower_bound_and_a_pin_that_meets_it(name: str) -> None:
    requirement = DEVELOPERS[name]
    assert any(each.operator == ">=" for each in requirement.specifier), f"{requirement} has no lower bound"
    (pin,) = PINS[name].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version), f"{PINS[name]} does not meet {requirement}"


def test_a_library_of_which_private_names_are_used_has_an_upper_bound_above_its_pin() -> None:
    adapters = {path.stem for path in ROOT.glob("grading/adapters/*.py")} - {
        "__init__",
        "formgrader",
        "modules",
        "names",
    }
    assert len(adapters) >= 7
    for name in map(canonicalize_name, adapters):
        assert any(each.operator == "<" for each in INSTRUCTORS[name].specifier), (
            f"{INSTRUCTORS[name]} has no upper bound"
        )


def test_no_bound_keeps_what_colab_has() -> None:
    lines = (ROOT / "tests/colab/versions.txt").read_text(encoding="utf-8").splitlines()
    found = requirements([line for line in lines if line and not line.startswith("#")])
    assert found.keys() & LEARNERS.keys() >= {"ipython", "numpy", "torch"}
    for name in found.keys() & LEARNERS.keys():
        (version,) = found[name].specifier
        assert LEARNERS[name].specifier.contains(version.version), (
            f"Colab's {found[name]} does not meet {LEARNERS[name]}"
        )


def test_the_newest_releases_are_tested_with_files_that_there_are() -> None:
    for name in (ROOT / "tests/newest.txt").read_text(encoding="utf-8").splitlines():
        assert (ROOT / name).exists(), name


def test_torch_and_torchvision_are_pinned_as_the_pair_that_torchvision_names() -> None:
    (partner,) = [Requirement(line) for line in requires("torchvision") or () if Requirement(line).name == "torch"]
    (torch_pin,) = PINS["torch"].specifier
    assert partner.specifier.contains(torch_pin.version)
    assert {"torch", "torchvision"} <= LEARNERS.keys()


def test_d2l_is_installed_second_and_without_its_pins() -> None:
    assert "d2l" not in DEVELOPERS
    assert "d2l" not in PINS
    for file in ("Makefile", "environment.yml"):
        assert re.search(r"--no-deps d2l==1\.0\.3", (ROOT / file).read_text(encoding="utf-8")), file


def third_party_imports(path: Path) -> set[str]:
    """Return the distributions that a file imports, at its top or inside a function."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            modules.add(node.module.partition(".")[0])
    ours = sys.stdlib_module_names | {"grading"}
    return {canonicalize_name(HOMES.get(module, [module])[0]) for module in modules - ours}


def test_everything_that_is_imported_is_declared_for_those_who_import_it() -> None:
    undeclared = []
    for path in [*ROOT.glob("grading/**/*.py"), *ROOT.glob("lessons/*.py")]:
        part = path.relative_to(ROOT).parts[1]
        declared = INSTRUCTORS if part in INSTRUCTOR_PARTS and path != TORCH else LEARNERS
        undeclared += [
            f"{path.relative_to(ROOT)} imports {name}" for name in third_party_imports(path) - {*declared, "d2l"}
        ]
    assert undeclared == []


def test_the_version_and_the_repository_are_stated_once() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", grading.__version__)
    repository = PROJECT["tool"]["grading"]["repository"]
    assert PROJECT["project"]["urls"]["Repository"] == f"https://github.com/{repository}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_the_sample_and_the_start_file_and_is_small(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"mlp_course_torchvision_operators.pth", "grading/data/sample/fashion-mnist-sample.idx.gz"} <= names
    assert {"grading/data/sample/LICENSE", "grading/py.typed"} <= names
    top = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert top == {"grading", "mlp_course_torchvision_operators.pth"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".ipynb")]
    assert HELD_OUT in names
    assert wheel.stat().st_size < 6_000_000


def test_the_wheel_of_a_class_has_no_hidden_cases_no_answers_and_no_drills_and_works(
    wheel: Path, tmp_path: Path
) -> None:
    subprocess.run([ROOT / "scripts" / "class_wheel.sh", sys.executable, tmp_path], check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    whole, without = (set(zipfile.ZipFile(path).namelist()) for path in (wheel, built))
    left_out = {
        name
        for name in whole
        if name.startswith("grading/catalogue/") and name.endswith(("hidden.py", "answers.py", "drills.toml"))
    }
    left_out |= {name for name in whole if name.startswith("grading/solutions/")}
    assert {"grading/solutions/models.json", "grading/solutions/other_ways.toml"} < left_out
    assert whole - without == left_out | {HELD_OUT, str(Path(HELD_OUT).with_name("README.md"))}
    assert built.stat().st_size < 4_000_000
    assert len(left_out) > 100
    zipfile.ZipFile(built).extractall(tmp_path / "installed")
    code = (
        "import grading; from grading import exercise, exercises, judge;"
        "print(grading.__file__, len(exercises()), len(exercise('relu').hints), judge(exercise('relu'), lambda X: X.clamp(min=0)).outcome,"
        "any(case.hidden for one in exercises() for case in one.cases));"
        "grading.solution('relu'); grading.solution('relu');"
        "from grading import drill; drill('relu')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[0].startswith(str(tmp_path))
    assert said[0].split()[1:] == ["41", "3", "passed", "False"]
    assert " ".join(said[1:]).count("The solution of relu is not part of this package.") == 2
    assert said[-1] == NOT_HERE
    assert "clamp" not in " ".join(said)


@pytest.mark.slow
@pytest.mark.parametrize("editable", [False, True], ids=["from the wheel", "editable"])
def test_an_installation_makes_plain_d2l_work(wheel: Path, tmp_path: Path, editable: bool) -> None:
    """A new environment that borrows torch and d2l from this one, but not what is installed of ours."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    site_packages = sysconfig.get_path("purelib", "venv", {"base": str(environment), "platbase": str(environment)})
    # A folder named in a .pth file is searched, but its own .pth files are not executed.
    Path(site_packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    program = "from d2l import torch as d2l; import grading, os; print(d2l.__name__, os.path.dirname(grading.__file__))"

    without = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert without.returncode != 0  # grading at least is missing; with the fault, d2l as well

    what = ["--no-build-isolation", "--editable", str(ROOT)] if editable else [str(wheel)]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", *what], check=True)
    run = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    home = ROOT / "grading" if editable else Path(site_packages, "grading")
    assert run.stdout.split(maxsplit=1) == ["d2l.torch", f"{home}\n"], run.stderr

    script = Path(sysconfig.get_path("scripts", "venv", {"base": str(environment), "platbase": str(environment)}))
    for words, status in (
        (["--help"], 0),
        (["judge", "--help"], 0),
        ([], 2),
        (["nonsense"], 2),
        (["judge", "relu", "no.py"], 1),
    ):
        ours, module = (
            subprocess.run([*command, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
            for command in ([script / "mlp-course"], [python, "-m", "grading"])
        )
        assert (ours.returncode, ours.stdout, ours.stderr) == (status, module.stdout, module.stderr)
        assert "Traceback" not in ours.stderr


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_every_target_of_make_is_explained_by_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    # Under `make test`, this make would take itself for a part of the other one and talk of folders.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    run = subprocess.run(["make", "help"], cwd=ROOT, env=alone, check=True, capture_output=True, text=True)
    assert [line.split()[1] for line in run.stdout.splitlines()] == targets
    assert {"demo", "test", "lab", "build", "check", "lint", "format", "clean"} <= set(targets)


def machine(tmp_path: Path, **programs: str) -> dict[str, str]:
    """A machine that has these programs, as shell scripts, and the few of the system's that setup.sh is written with."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "rm", "sh"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, script in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    return {"PATH": str(folder)}


def setup(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts" / "setup.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


posix = pytest.mark.skipif(sys.platform == "win32", reason="the set-up scripts are for POSIX shells")
USER, SUPERUSER = "echo 1000", "echo 0"
OLD_PYTHON = 'if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi'
# Fits by its version and lacks venv, as Debian's python3 does without its package python3-venv.
BARE_PYTHON = 'case "$2" in *print*) echo 3.11 ;; *ensurepip*) exit 1 ;; esac'


@posix
@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({"id": USER, "python3": OLD_PYTHON}, "No Python from 3.11 to 3.13 was found (python3: Python 3.9.2)."),
        ({"id": USER, "python3": BARE_PYTHON}, "On Debian and Ubuntu: sudo apt-get install python3.11-venv"),
        ({"id": SUPERUSER, "python3": BARE_PYTHON, "apt_get": "exit 100"}, "sudo apt-get install python3.11-venv"),
    ],
    ids=["Python is too old", "venv is missing", "venv cannot be installed"],
)
def test_a_machine_without_a_fitting_python_is_told_what_to_do(
    tmp_path: Path, programs: dict[str, str], said: str
) -> None:
    run = setup(machine(tmp_path, **programs), "venv", str(tmp_path / "venv"))
    assert run.returncode == 1
    assert said in run.stderr
    assert not (tmp_path / "venv").exists()


@posix
def test_without_rights_missing_packages_are_named_with_what_happens_without_them(tmp_path: Path) -> None:
    run = setup(machine(tmp_path, id=USER, bwrap="", apt_get="exit 3"), "packages", str(tmp_path), "demo", "test")
    assert run.returncode == 0
    assert "Not installed: graphviz. Without it, graphs are drawn with matplotlib.\n" in run.stdout
    assert "Not installed: chromium. Without it, tests in a browser are skipped.\n" in run.stdout
    assert "bubblewrap" not in run.stdout
    assert run.stdout.splitlines()[-1].startswith("On Debian and Ubuntu: sudo apt-get install graphviz")


@posix
def test_with_rights_each_missing_package_is_tried_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    here = machine(tmp_path, id=SUPERUSER, dot="", bwrap="", apt_get=f'echo "$@" >>{log}; exit 100')
    first = setup(here, "packages", str(tmp_path), "test")
    second = setup(here, "packages", str(tmp_path), "test")
    assert (first.returncode, second.returncode) == (0, 0)
    assert [line.split()[-1] for line in log.read_text(encoding="utf-8").splitlines()] == ["-qq", "chromium"]
    assert "Not installed: chromium" in second.stdout
