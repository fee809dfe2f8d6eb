"""Each case runs in an interpreter of its own: what an import leaves behind cannot be taken back."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SITE_PACKAGES = sysconfig.get_path("purelib")

MISSING = "operator torchvision::{} does not exist"

# A torch whose library writes down what is declared, and a torchvision that runs `before` each time it is executed.
FAKE_LIBRARY = """
declared = []
class Library:
    def __init__(self, *arguments): pass
    def define(self, signature): declared.append(signature.partition("(")[0])
"""
FAKE_TORCHVISION = """
import sys
executions = sys.__dict__.setdefault("executions", [])
executions.append(1)
from torchvision import half
"""

DECLARED = "getattr(sys.modules.get('torch.library'), 'declared', [])"


def python(program: str, *flags: str, path: tuple[Path, ...] = (), cwd: Path | None = None) -> str:
    """Run a program with these folders in front of the path; return what it printed, without anything of `site`."""
    start = f"import sys; sys.path[:0] = {[*map(str, path)]!r}; sys.path.append({SITE_PACKAGES!r})\n"
    run = subprocess.run(
        [sys.executable, *flags, "-W", "error", "-c", start + program],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout.strip()


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "torch" / "library.py").write_text(FAKE_LIBRARY, encoding="utf-8")
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "half.py").write_text("import sys; sys.halves = getattr(sys, 'halves', 0) + 1")
    return tmp_path


def write_torchvision(fakes: Path, body: str) -> None:
    (fakes / "torchvision" / "__init__.py").write_text(FAKE_TORCHVISION + body, encoding="utf-8")


def raises_until(*operators: str) -> str:
    """A body that misses these operators, one after another, as torchvision's Python code does."""
    return "from torch.library import declared\n" + "".join(
        f"if {name!r} not in declared: raise RuntimeError({MISSING.format(name)!r})\n" for name in operators
    )


@pytest.mark.parametrize(
    ("body", "declared", "executions"),
    [
        ("", [], 1),
        (raises_until("nms"), ["nms"], 2),
        (raises_until("nms", "qnms"), ["nms", "qnms"], 3),
    ],
    ids=["nothing is missing", "nms is missing", "nms and then qnms are missing"],
)
def test_only_what_is_asked_for_is_declared(fakes: Path, body: str, declared: list[str], executions: int) -> None:
    write_torchvision(fakes, body)
    program = (
        "import grading.torchvision_operators as operators; operators.install(); import torchvision\n"
        f"print({DECLARED}, len(sys.executions), sys.halves, torchvision.half.__name__)"
    )
    printed = python(program, "-S", path=(fakes, ROOT))
    assert printed == f"{declared} {executions} {executions} torchvision.half"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("raise RuntimeError('another fault')", "RuntimeError: another fault"),
        ("raise ImportError('libcudart.so.13')", "ImportError: libcudart.so.13"),
        (f"raise ValueError({MISSING.format('nms')!r})", f"ValueError: {MISSING.format('nms')}"),
        (f"raise RuntimeError({MISSING.format('roi_align')!r})", f"RuntimeError: {MISSING.format('roi_align')}"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_every_other_error_passes_through_unchanged(fakes: Path, body: str, error: str) -> None:
    write_torchvision(fakes, body)
    program = (
        "import grading.torchvision_operators as operators; operators.install()\n"
        "try: import torchvision\n"
        "except Exception as error: print(f'{type(error).__name__}: {error}', error.__context__)\n"
        f"print({DECLARED}, len(sys.executions), 'torchvision' in sys.modules)"
    )
    assert python(program, "-S", path=(fakes, ROOT)).splitlines() == [f"{error} None", "[] 1 False"]


def test_an_operator_that_stays_missing_is_an_error_and_not_a_loop(fakes: Path) -> None:
    write_torchvision(fakes, f"raise RuntimeError({MISSING.format('nms')!r})")
    program = (
        "import grading.torchvision_operators as operators; operators.install()\n"
        "try: import torchvision\n"
        "except RuntimeError as error: print(error)\n"
        "print(len(sys.executions))"
    )
    assert python(program, "-S", path=(fakes, ROOT)).splitlines() == [MISSING.format("nms"), "2"]


def test_installing_again_changes_nothing_and_imports_nothing(fakes: Path) -> None:
    write_torchvision(fakes, "")
    program = (
        "from importlib.util import find_spec; before = len(sys.meta_path)\n"
        "import grading; from grading import torchvision_operators as operators\n"
        "operators.install(); operators.install()\n"
        "print(len(sys.meta_path) - before, find_spec('torchvision').name)\n"
        "print([name for name in ('torch', 'torchvision', 'typing', 're') if name in sys.modules])"
    )
    lines = python(program, "-S", path=(fakes, ROOT)).splitlines()
    assert lines[0] == "1 torchvision"
    assert "torch" not in lines[1]


def with_start_file(folder: Path, package_folder: Path) -> str:
    """A program that does what `site` does with our .pth file in an installation that finds `package_folder`."""
    (folder / "_editable.pth").write_text(f"{package_folder}\n", encoding="utf-8")
    start = (ROOT / "grading" / "torchvision_operators.pth").read_text(encoding="utf-8")
    (folder / "mlp_course_torchvision_operators.pth").write_text(start, encoding="utf-8")
    return f"import site; site.addsitedir({str(folder)!r})\n"


def test_the_start_file_installs_it_without_importing_the_package(tmp_path: Path) -> None:
    program = with_start_file(tmp_path, ROOT) + (
        "print([type(finder).__name__ for finder in sys.meta_path][0])\n"
        "print([name for name in sys.modules if name.startswith(('grading', 'torch'))])"
    )
    assert python(program, "-S").splitlines() == ["TorchvisionFinder", "[]"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda package: None,
        lambda package: (package / "torchvision_operators.py").write_text("this is not Python"),
        lambda package: (package / "torchvision_operators.py").write_text("def install(): 1 / 0"),
        lambda package: (package / "torchvision_operators.py").mkdir(),
    ],
    ids=["absent", "a syntax error", "an error", "a folder"],
)
def test_a_broken_package_never_disturbs_the_start_of_python(tmp_path: Path, spoil: object) -> None:
    package = tmp_path / "grading"
    package.mkdir()
    assert callable(spoil)
    spoil(package)
    assert python(with_start_file(tmp_path, tmp_path) + "print('started')", "-S") == "started"


def test_the_start_file_is_one_line_since_python_executes_them_one_by_one() -> None:
    lines = (ROOT / "grading" / "torchvision_operators.pth").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("import ")


def test_the_installed_torchvision_imports_with_it_and_keeps_its_loader() -> None:
    program = (
        "import grading; from torchvision import datasets, transforms\n"
        "import torchvision; print(type(torchvision.__spec__.loader).__name__, transforms.ToTensor.__name__)"
    )
    assert python(program, "-S", path=(ROOT,)) == "SourceFileLoader ToTensor"


def test_without_it_this_torchvision_fails_or_fits_its_torch() -> None:
    """Shows the fault itself where it exists; where torchvision fits, that nothing is declared."""
    # What is declared is torch's from then on; nothing public tells whose declaration it was.
    program = (
        "try: import torchvision; fits = True\n"
        "except RuntimeError as error: fits = False; print(error)\n"
        "import grading; grading.torchvision_operators.install()\n"
        "import torchvision\n"
        "print(fits == (not grading.torchvision_operators._declarations))"
    )
    lines = python(program, "-S", path=(ROOT,)).splitlines()
    assert lines in (["True"], [MISSING.format("nms"), "True"])


def test_d2l_imports_in_a_fresh_interpreter_of_this_environment(tmp_path: Path) -> None:
    """No import of ours comes first: this is the first line of the text's programs."""
    run = subprocess.run(
        [sys.executable, "-c", "from d2l import torch as d2l; print(d2l.__name__)"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.stdout == "d2l.torch\n", run.stderr
