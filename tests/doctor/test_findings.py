"""What is said of versions, libraries, devices, folders and data.

The file is long because every line of the report is tried with what can be wrong about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grading.doctor import course, libraries, machine
from grading.doctor.apart import Reply
from grading.doctor.finding import Finding, State
from grading.doctor.requirements import fits, read, release

WELL, REMARK, WRONG = State.WELL, State.REMARK, State.WRONG


@pytest.mark.parametrize(
    ("version", "clauses", "expected"),
    [
        ("2.13.0+cpu", ">=2.6,<3", True),
        ("2.5.1", ">=2.6,<3", False),
        ("3.0", ">=2.6,<3", False),
        ("2.6.0a0+git", ">=2.6", True),
        ("2.6.0", "==2.6", True),
        ("2.6.1", "==2.6.0", False),
        ("2.6.1", "==2.6.*", True),
        ("2.7", "!=2.6.*", True),
        ("2.10", ">2.9", True),
        ("1.4.5", "~=1.4.2", True),
        ("1.5", "~=1.4.2", False),
        ("2.6", "", True),
        ("", ">=1", False),
        ("nightly", ">=1", False),
        ("v1.2", "<=1.2", True),
    ],
)
def test_versions_compare_by_their_numbers(version: str, clauses: str, expected: bool) -> None:
    assert fits(version, clauses) is expected


def test_requirements_are_read_without_extras() -> None:
    lines = [
        "torch (==2.13.0)",
        "Foo_Bar[x,y]>=1,<2",
        "plain",
        'lab>=4; extra == "lab"',
        'old>=1; python_version < "3"',
        'setuptools>=70; python_version >= "3.2"',
        "@ nonsense !!",
    ]
    assert read(lines) == {"torch": "==2.13.0", "foo-bar": ">=1,<2", "plain": "", "setuptools": ">=70"}
    assert release("2.6.0a0+git") == (2, 6, 0)


@pytest.mark.parametrize("version", ["3.11.0", "3.12.9", "3.13.1"])
def test_pythons_of_the_course_are_well(version: str) -> None:
    assert libraries.python(version).state is WELL


@pytest.mark.parametrize("version", ["3.10.14", "3.14.0", "2.7.18", "4.0"])
def test_other_pythons_are_wrong(version: str) -> None:
    assert libraries.python(version).state is WRONG


def test_the_bounds_are_those_of_the_project() -> None:
    import tomllib

    project: dict[str, Any] = tomllib.loads((course.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == libraries.PYTHONS
    extras = {**read(project["optional-dependencies"]["lab"]), **read(project["optional-dependencies"]["instructor"])}
    # The bounds are written down twice, since a broken installation cannot be asked; they have to agree.
    assert {name: extras[name] for name in libraries._JUPYTER} == libraries._JUPYTER
    named = read(project["dependencies"])
    for name in ("torch", "torchvision"):
        assert f'"{name}{named[name]}"' in libraries.torch(Reply(fault="x"), "").remedy
    assert f"d2l=={libraries.D2L}" in (course.ROOT / "Makefile").read_text(encoding="utf-8")


FAULTS = {
    "missing": ("ModuleNotFoundError: No module named 'torch'", "is not installed"),
    "broken": ("OSError: libcudart.so.12: cannot open shared object file", "libcudart"),
    "crash": ("it ended the interpreter (signal SIGILL)", "SIGILL"),
    "hang": ("it did not end within 120 seconds", "120 seconds"),
    "circle": ("ImportError: cannot import name 'Tensor'", "cannot import name"),
    "shadow": ("ImportError: torch.py is called torch and is not PyTorch", "is not PyTorch"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_torch_that_cannot_be_used_is_wrong(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "installed", lambda name: "")
    fault, told = FAULTS[case]
    found = libraries.torch(Reply(fault=fault), ">=2.6,<3")
    assert found.state is WRONG and told in found.text and "pip install" in found.remedy


@pytest.mark.parametrize(
    ("torch", "torchvision", "needs", "state"),
    [
        ("2.13.0+cpu", "0.28.0+cu130", "==2.13.0", WELL),
        ("2.13.0", "0.28.0", "", WELL),
        ("2.6.0", "0.21.0", "", WELL),
        ("2.12.0", "0.28.0", "==2.13.0", WRONG),
        ("2.12.0", "0.28.0", "", WRONG),
        ("2.6.0a0+nv25", "0.21.0a0", "==2.6.0a0+nv25", WELL),
        ("2.7.1", "0.22.0", "==2.7.0", WRONG),
        ("2.5.0", "0.20.0", "==2.5.0", WRONG),  # a pair, and too old
        ("", "0.28.0", "==2.13.0", WELL),  # torch's own line says what is wrong
    ],
)
def test_torchvision_is_the_partner_of_torch_or_not(torch: str, torchvision: str, needs: str, state: State) -> None:
    found = libraries.torchvision(Reply({"version": torchvision}), torch, needs)
    assert found.state is state
    if state is WRONG and torch == "2.12.0":
        assert "2.13" in found.text and "torchvision==0.27.*" in found.remedy


def test_a_pair_that_does_not_fit_is_told_before_what_its_import_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "installed", lambda name: "0.28.0")
    found = libraries.torchvision(Reply(fault="RuntimeError: operator is missing"), "2.12.0", "==2.13.0")
    assert found.text == "0.28.0 belongs to torch 2.13.0, and 2.12.0 is here"


@pytest.mark.parametrize(
    ("fault", "version", "told"),
    [
        ("ModuleNotFoundError: No module named 'd2l'", "", "--no-deps d2l==1.0.3"),
        ("ModuleNotFoundError: No module named 'pandas'", "1.0.3", "install pandas"),
        ("ModuleNotFoundError: No module named 'matplotlib_inline.backend'", "1.0.3", "install matplotlib_inline"),
        ("ModuleNotFoundError: No module named 'd2l.torch'", "1.0.3", "--no-deps d2l==1.0.3"),
        ("ValueError: numpy.dtype size changed", "1.0.3", "fix the lines above"),
    ],
)
def test_a_d2l_that_cannot_be_used_says_what_to_type(
    fault: str, version: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "installed", lambda name: version)
    found = libraries.d2l(Reply(fault=fault))
    assert found.state is WRONG and told in found.remedy


def test_an_old_d2l_is_wrong() -> None:
    assert libraries.d2l(Reply({"version": "0.17.6"})).state is WRONG
    assert libraries.d2l(Reply({"version": "1.0.3"})).state is WELL


def jupyter_with(monkeypatch: pytest.MonkeyPatch, **has: str) -> list[State]:
    monkeypatch.setattr(libraries, "installed", lambda name: has.get(name, ""))
    return [one.state for one in libraries.jupyter()]


def test_jupyter_is_needed_and_nbgrader_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert jupyter_with(monkeypatch) == [WRONG, WELL]
    assert jupyter_with(monkeypatch, ipykernel="6.29") == [REMARK, WELL]
    assert jupyter_with(monkeypatch, ipykernel="8.0", jupyterlab="4.2") == [REMARK, WELL]
    assert jupyter_with(monkeypatch, ipykernel="6.29", jupyterlab="3.6") == [REMARK, WELL]
    assert jupyter_with(monkeypatch, ipykernel="6.29", jupyterlab="4.2", nbgrader="0.8") == [WELL, REMARK]


def test_libraries_that_are_missing_or_old_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "of_the_course", lambda root: {"torch": ">=9", "numpy": ">=2.1", "scipy": ">=1.14"})
    monkeypatch.setattr(libraries, "installed", lambda name: {"numpy": "1.26.4"}.get(name, ""))
    found = libraries.others()
    assert found.text == "not as required: numpy 1.26.4, scipy (missing)"
    assert found.remedy.endswith('"numpy>=2.1" "scipy>=1.14"')


DEVICE = {"device": "cpu", "name": "", "threads": 8, "free": 7.5}


@pytest.mark.parametrize(
    ("reply", "works", "state"),
    [
        (Reply(DEVICE), True, WELL),
        (Reply({**DEVICE, "device": "cuda", "name": "H200"}), True, WELL),
        (Reply({**DEVICE, "free": 0.4}), True, REMARK),
        (Reply({**DEVICE, "free": -3.0}), True, REMARK),
        (Reply({**DEVICE, "threads": 1, "free": 0.0}), True, WELL),
        (Reply(fault="CourseError: the device 'tpu' cannot be used here"), True, WRONG),
        (Reply(fault="ModuleNotFoundError: No module named 'torch'"), False, REMARK),
    ],
)
def test_the_device(reply: Reply, works: bool, state: State) -> None:
    assert machine.device(reply, works).state is state


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply({"program": "", "fault": ""}), "no dot here"),
        (Reply({"program": "/bin/dot", "fault": "no layout engine"}), "no layout engine"),
        (Reply(fault="it did not end within 20 seconds"), "20 seconds"),
        (Reply(fault="OSError: [Errno 8] Exec format error"), "Exec format"),
    ],
)
def test_a_dot_that_does_not_draw_is_a_remark(reply: Reply, told: str) -> None:
    found = machine.dot(reply)
    assert found.state is REMARK and told in found.text and found.remedy


@pytest.mark.parametrize(
    ("name", "free", "fault", "state"),
    [
        ("course", 5 << 30, "", WELL),
        ("course", 5 << 30, "read-only file system", WRONG),
        ("course", 1 << 20, "", WRONG),
        ("course", 500 << 20, "", REMARK),
        ("temporary", 5 << 30, "no space left on device", WRONG),
        ("cache", 5 << 30, "permission denied", REMARK),
        ("cache", 1 << 20, "", REMARK),
        ("progress", 5 << 30, "permission denied", REMARK),
        ("progress", None, "", WELL),
    ],
)
def test_folders(name: str, free: int | None, fault: str, state: State) -> None:
    (found,) = machine.folders(Reply({name: {"folder": "/f", "free": free, "fault": fault}}))
    assert found.state is state and bool(found.remedy) is (state is not WELL)


def of_data(source: str = "", **told: Any) -> Finding:
    return course.data(Reply({"found": [], "damaged": [], "sample": True, **told}), source)


def test_data_is_told_by_what_a_lesson_would_take() -> None:
    both = [("cache", "/c"), ("system", "/s")]
    assert "sample" in of_data().text and "download" in of_data().remedy
    assert of_data(found=both).text.endswith("/c")
    assert of_data("system", found=both).text.endswith("/s")
    assert of_data("cache", found=[both[1]]).state is WRONG
    assert of_data("sample", found=both).state is WELL
    assert of_data("cloud").state is WRONG
    assert of_data("sample", sample=False).state is of_data(sample=False).state is WRONG
    assert "damaged" in of_data(damaged=["t10k has 3 bytes"]).text
    assert of_data(damaged=["t10k has 3 bytes"], found=both).state is WELL


@pytest.mark.parametrize("name", ["grading/__init__.py", "grading.py"])
def test_another_package_of_our_name_is_wrong(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    found = course.namesake(tmp_path)
    assert found.state is WRONG and str(tmp_path / "grading") in found.text


def test_a_folder_that_is_no_package_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "homework.txt").touch()
    assert course.namesake(tmp_path).state is WELL


def test_another_package_earlier_on_the_path_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "__init__.py").touch()
    monkeypatch.setattr("sys.path", ["", str(tmp_path), str(course.ROOT)])
    assert course.namesake(course.ROOT).state is WRONG


def test_a_distribution_with_our_package_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is installed cannot be changed for a test.
    monkeypatch.setattr(course, "_distributions", lambda: ["mlp-course", "school-grading"])
    found = course.namesake(course.ROOT)
    assert found.state is WRONG and "uninstall school-grading" in found.remedy


@pytest.mark.parametrize(
    ("tag", "branch", "state", "told"),
    [
        ("v0.2.0", "HEAD", WELL, "release v0.2.0"),
        ("", "main", REMARK, "the branch main"),
        ("", "HEAD", REMARK, "not a release"),
        ("", "", REMARK, "not a release"),
        ("mine", "main", REMARK, "the branch main"),
    ],
)
def test_a_clone_is_a_release_or_not(
    tag: str, branch: str, state: State, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    # A repository in another state.
    monkeypatch.setattr(course, "_git", lambda root, *words: tag if words[0] == "describe" else branch)
    found = course.version(tmp_path)
    assert found.state is state and told in found.text


@pytest.mark.parametrize(("revision", "state"), [("", WELL), ("v0.2.0", WELL), ("main", REMARK), ("3f2a", REMARK)])
def test_an_installation_is_a_release_or_not(
    revision: str, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An installation from another place.
    monkeypatch.setattr(course, "_installed_from", lambda: revision)
    assert course.version(tmp_path).state is state


def test_a_placeholder_is_no_address(tmp_path: Path) -> None:
    page = tmp_path / "pyproject.toml"
    page.write_text('[tool.grading]\nrepository = "mlp-course/mlp-course"\n')
    assert course.address(tmp_path).state is REMARK
    page.write_text('[tool.grading]\nrepository = "somebody/course"\n')
    assert course.address(tmp_path).text == "somebody/course"
    page.write_bytes(b"\xff\xfe")
    assert course.address(tmp_path).state is REMARK  # the metadata of this very package


def test_a_sandbox_is_told_with_its_kind() -> None:
    assert machine.sandbox(None).state is WELL
    assert machine.sandbox(Reply({"kind": "bubblewrap", "fault": ""})).text == "bubblewrap"
    fault = "submissions cannot be isolated on this machine (it is not Linux). Grade on Linux; or pass"
    assert machine.sandbox(Reply({"kind": "", "fault": fault})).text.endswith("(it is not Linux)")
    assert machine.sandbox(Reply(fault="OSError: no")).state is REMARK
