"""Python, and the libraries that the lessons import."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from grading.doctor.apart import ROOT, Reply
from grading.doctor.finding import Finding, remark, well, wrong
from grading.doctor.requirements import fits, installed, of_the_course, release, requirements

PYTHONS = ">=3.11,<3.14"
D2L = "1.0.3"
# Their own lines say more of these.
_ELSEWHERE = frozenset({"torch", "torchvision"})
_JUPYTER = {"ipykernel": ">=6.17,<8", "jupyterlab": ">=4.2", "nbgrader": ">=0.9.6,<0.10"}


def pip_install(what: str) -> str:
    """Return the line that installs something into the Python that runs this."""
    found = shutil.which("python")
    same = found is not None and os.path.realpath(found) == os.path.realpath(sys.executable) and _same_folder(found)
    quoted = subprocess.list2cmdline([sys.executable]) if os.name == "nt" else shlex.quote(sys.executable)
    return f"{'python' if same else quoted} -m pip install {what}"


def _same_folder(found: str) -> bool:
    return os.path.dirname(os.path.abspath(found)) == os.path.dirname(os.path.abspath(sys.executable))


def python(version: str = "") -> Finding:
    """Say whether this Python is one that the course runs on."""
    version = version or ".".join(map(str, sys.version_info[:3]))
    if fits(version, PYTHONS):
        return well("Python", version)
    return wrong(
        "Python",
        f"{version}; the course needs 3.11, 3.12 or 3.13",
        "install Python 3.13 and make a new environment with it: python3.13 -m venv .venv",
    )


def torch(reply: Reply, requirement: str) -> Finding:
    """Say whether PyTorch can be imported, computes, and is new enough. requirement: such as ">=2.6,<3"."""
    return _library("torch", reply, requirement, pip_install('"torch>=2.6,<3" "torchvision>=0.21,<1"'))


def torchvision(reply: Reply, torch_version: str, needs: str) -> Finding:
    """Say whether torchvision can be imported and is the partner of torch.

    torch_version: "" where torch is not here; needs: what torchvision's metadata says of torch, such as "==2.13.0".
    """
    both = f'"torchvision=={_partner(torch_version)}"' if torch_version and _partner(torch_version) else ""
    remedy = pip_install(both or '"torch>=2.6,<3" "torchvision>=0.21,<1"')
    found = _library("torchvision", reply, ">=0.21,<1", remedy)
    version = str(reply.value.get("version", "")) or installed("torchvision")
    if not torch_version or not version:
        return found
    needs = needs or (f"=={_torch_of(version)}" if _torch_of(version) else "")
    if not fits(torch_version, needs):
        return wrong(
            "torchvision", f"{version} belongs to torch {needs.lstrip('=')}, and {torch_version} is here", remedy
        )
    if found.remedy or reply.fault:
        return found
    return well("torchvision", f"{version}, the partner of torch {torch_version}")


def _partner(torch_version: str) -> str:
    """Return which torchvision belongs to a torch: 0.21.* to 2.6, 0.22.* to 2.7, and so on."""
    numbers = release(torch_version)
    return f"0.{numbers[1] + 15}.*" if len(numbers) > 1 and numbers[0] == 2 else ""


def _torch_of(torchvision_version: str) -> str:
    numbers = release(torchvision_version)
    return f"2.{numbers[1] - 15}.*" if len(numbers) > 1 and numbers[0] == 0 and numbers[1] >= 15 else ""


def d2l(reply: Reply) -> Finding:
    """Say whether the book's library can be imported."""
    command = pip_install(f"--no-deps d2l=={D2L}")
    version = str(reply.value.get("version", "")) or installed("d2l")
    if not reply.fault:
        if release(version)[:1] < (1,):
            return wrong("d2l", f"{version or 'of an unknown version'}; the course needs {D2L}", command)
        return well("d2l", version)
    if not version:
        return wrong("d2l", "is not installed", command)
    missing = _missing_module(reply.fault)
    if missing.partition(".")[0] not in ("", "d2l"):
        # It was installed without what it needs, as it has to be: its own pins are of 2023.
        return wrong("d2l", f"{version} needs {missing}, which is not here", pip_install(missing.partition(".")[0]))
    return wrong("d2l", f"{version} cannot be imported ({reply.fault})", f"fix the lines above, or {command}")


def others(root: Path = ROOT) -> Finding:
    """Say which of the other libraries that the course requires are missing or of another version; none is imported."""
    wanted = {name: clauses for name, clauses in of_the_course(root).items() if name not in _ELSEWHERE}
    if not wanted:
        return remark(
            "libraries", "what the course requires is not known: it is not installed", "install it as the README says"
        )
    amiss = {name: clauses for name, clauses in wanted.items() if not _is_here(name, clauses)}
    if not amiss:
        return well("libraries", f"all {len(wanted)} others that the course requires are here")
    words = ", ".join(f"{name} {installed(name) or '(missing)'}" for name in amiss)
    return wrong("libraries", f"not as required: {words}", pip_install(" ".join(f'"{n}{c}"' for n, c in amiss.items())))


def jupyter() -> list[Finding]:
    """Say whether notebooks can be opened here, and whether a class could be graded."""
    has = {name: installed(name) for name in _JUPYTER}
    found = []
    if not has["ipykernel"]:
        line = pip_install('"jupyterlab>=4.2" "ipykernel>=6.17,<8" "ipywidgets>=7.7"')
        found.append(wrong("Jupyter", "this Python has no ipykernel, so no notebook can use it", line))
    elif not fits(has["ipykernel"], _JUPYTER["ipykernel"]):
        line = pip_install(f'"ipykernel{_JUPYTER["ipykernel"]}"')
        found.append(remark("Jupyter", f"the course was not tried with ipykernel {has['ipykernel']}", line))
    elif has["jupyterlab"] and not fits(has["jupyterlab"], _JUPYTER["jupyterlab"]):
        line = pip_install('"jupyterlab>=4.2"')
        found.append(remark("Jupyter", f"JupyterLab {has['jupyterlab']} is older than the course was tried with", line))
    elif not has["jupyterlab"]:
        text = f"ipykernel {has['ipykernel']}, without JupyterLab: enough for VS Code and Colab"
        found.append(remark("Jupyter", text, pip_install('"jupyterlab>=4.2"')))
    else:
        found.append(well("Jupyter", f"JupyterLab {has['jupyterlab']}, ipykernel {has['ipykernel']}"))
    if not has["nbgrader"]:
        found.append(well("nbgrader", "not installed; only who grades a class needs it"))
    elif fits(has["nbgrader"], _JUPYTER["nbgrader"]):
        found.append(well("nbgrader", has["nbgrader"]))
    else:
        line = pip_install(f'"nbgrader{_JUPYTER["nbgrader"]}"')
        found.append(remark("nbgrader", f"{has['nbgrader']}; grading a class needs {_JUPYTER['nbgrader']}", line))
    return found


def partner_required() -> str:
    """Return what torchvision's metadata says of torch; "" if it names no version."""
    return requirements("torchvision").get("torch", "")


def _is_here(name: str, clauses: str) -> bool:
    version = installed(name)
    return bool(version) and fits(version, clauses)


def _library(name: str, reply: Reply, clauses: str, remedy: str) -> Finding:
    version = str(reply.value.get("version", ""))
    if reply.fault:
        known = installed(name)
        if not known and _missing_module(reply.fault) == name:
            return wrong(name, "is not installed", remedy)
        return wrong(name, f"{known} cannot be used ({reply.fault})".lstrip(), remedy)
    if not release(version):
        return remark(name, f"{version or 'its version'} is not a known version", remedy)
    if not fits(version, clauses):
        return wrong(name, f"{version}; the course needs {clauses.replace(',', ' and ')}", remedy)
    return well(name, version)


def _missing_module(fault: str) -> str:
    """Return the module whose absence is the fault; "" if it is another fault."""
    start, _, rest = fault.partition("No module named '")
    return rest.partition("'")[0] if start.startswith("ModuleNotFoundError") else ""
