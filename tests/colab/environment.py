"""An environment with Colab's versions on Python 3.13, made once in `.colab/` and kept there.

The best one is Debian 13 in a folder: `debootstrap` fills it, its own Python 3.13 runs in it, and bubblewrap shows it to
a command as the whole system, in which nothing of this machine but pip's settings can be seen. That takes root. Where
it cannot be had, a virtual environment of an installed Python 3.13 takes its place, and `Environment.about` says why.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.colab.pip_settings import as_file, local_paths, pip_settings

VERSIONS = Path(__file__).with_name("versions.txt")
SUITE = "trixie"  # Debian 13, whose Python is 3.13
PROGRAMS = "python3,python3-venv,ca-certificates,graphviz"
PYTHON_VARIABLE = "COLAB_PYTHON"
CONTENT = "/content"  # Colab's working folder
_VENV_INSIDE = "/opt/colab"
# Beside pip's own settings, what a command needs to reach a package index through a proxy or a private authority.
_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy", "all_proxy")
_FROM_SYSTEM = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")
_LOOPBACK = "127.0.0.1,localhost"

Say = Callable[[str], None]


class CannotMake(Exception):
    """No environment with Colab's versions can be made here; the message says what to install."""


@dataclass(frozen=True)
class Environment:
    """A Python with Colab's packages.

    home: the folder of everything kept. system: the folder with Debian in it, None for a plain virtual environment.
    python: the interpreter, as a command in the environment sees it. about: what it is, and why if it is second best.
    """

    home: Path
    system: Path | None
    python: str
    about: str

    def run(self, *arguments: str, work: Path | None = None) -> str:
        """Run its Python with these arguments in the folder `work`; return what it printed.

        Raises RuntimeError with the last lines of its output if it fails.
        """
        command = [*self._around(work), self.python, *arguments]
        done = subprocess.run(
            command,
            cwd=work or self.home,
            env=None if self.system else self._variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise RuntimeError(f"python {' '.join(arguments)} ended with {done.returncode} in {self.about}:\n{end}")
        return done.stdout

    def folder(self, work: Path) -> str:
        """Return where the folder `work` of a run is seen."""
        return CONTENT if self.system else str(work)

    def freeze(self) -> frozenset[str]:
        """Return pip's lines of all that is installed."""
        return frozenset(self.run("-m", "pip", "freeze", "--all").split("\n")) - {""}

    def reset(self) -> frozenset[str]:
        """Take away all that is not Colab's, as a new runtime would; return what is left."""
        ours = _names(self.freeze()) - _names(_baseline(self.home))
        if ours:
            self.run("-m", "pip", "uninstall", "--quiet", "--yes", *sorted(ours))
        left = self.freeze()
        if left != _baseline(self.home):
            raise RuntimeError(f"{self.home} is no longer Colab's; remove that folder and run this again")
        return left

    def _variables(self) -> dict[str, str]:
        """Return all environment variables of a command: none of this process's that could change what it does."""
        names = [*_PASSED_ON, *(name.upper() for name in _PASSED_ON)]
        programs = Path(self.python).parent
        return {
            **{name: os.environ[name] for name in names if name in os.environ},
            "HOME": "/tmp/home" if self.system else str(self.home / "user"),
            "LANG": "C.UTF-8",
            # The real files may be out of reach; the sample lies in the package.
            "MLP_COURSE_DATA_SOURCE": os.environ.get("MLP_COURSE_DATA_SOURCE", "sample"),
            "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy")), _LOOPBACK])),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "PIP_CACHE_DIR": str(self.home / "downloads"),
            "PIP_CONFIG_FILE": str(self.home / "pip.conf"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }

    def _around(self, work: Path | None) -> list[str]:
        """Return the command that shows Debian's folder as the system to the command after it."""
        if self.system is None:
            return []
        variables = self._variables()
        shown = [*map(Path, _FROM_SYSTEM), *local_paths(pip_settings())]
        shown += [Path(variables[name]) for name in variables if "SSL" in name or "CA_BUNDLE" in name]
        command = ["bwrap", "--unshare-pid", "--die-with-parent", "--clearenv", "--bind", str(self.system), "/"]
        command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", variables["HOME"]]
        for path in shown:
            command += ["--ro-bind-try", str(path.resolve()), str(path)]
        command += ["--bind", str(self.home), str(self.home)]
        if work is not None:
            command += ["--bind", str(work), CONTENT, "--chdir", CONTENT]
        for name, value in variables.items():
            command += ["--setenv", name, value]
        return command


def colab_environment(home: Path, say: Say) -> Environment:
    """Return the environment in `home`; make it if it is not there or was made for other versions.

    Raises CannotMake if neither way is open.
    """
    home.mkdir(exist_ok=True)
    (home / "pip.conf").write_text(as_file(pip_settings()), encoding="utf-8")
    environment, base = _chosen(home, say)
    made_from = hashlib.sha256(VERSIONS.read_bytes() + f"{base} {environment.python}".encode()).hexdigest()
    stamp = home / "made-from"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from):
        stamp.unlink(missing_ok=True)
        say(f"installing Colab's versions into {environment.about} (minutes, gigabytes)")
        _install(environment, base)
        (home / "freeze.txt").write_text("\n".join(sorted(environment.freeze())), encoding="utf-8")
        stamp.write_text(made_from, encoding="utf-8")
    return environment


def _install(environment: Environment, base: str) -> None:
    """Make the virtual environment anew with the interpreter `base` and install the versions into it."""
    replace(environment, python=base).run("-m", "venv", "--clear", str(Path(environment.python).parent.parent))
    shutil.copy(VERSIONS, environment.home / "versions.txt")
    # pip replaces itself first: Colab's is older than most.
    (pip,) = [line for line in VERSIONS.read_text(encoding="utf-8").split() if line.startswith("pip==")]
    environment.run("-m", "pip", "install", "--quiet", pip)
    # No copy of gigabytes of downloads, and no compiling of modules that nobody imports.
    big = ("--no-cache-dir", "--no-compile")
    environment.run("-m", "pip", "install", "--quiet", *big, "-r", str(environment.home / "versions.txt"))


def _chosen(home: Path, say: Say) -> tuple[Environment, str]:
    """Return the environment that this machine can have, its packages not yet installed, and the Python to make it."""
    system = home / "debian"
    hindrance = _hindrance()
    if not hindrance and not (system / ".complete").exists():
        say(f"debootstrap of {SUITE} into {system} (a minute)")
        hindrance = _debootstrap(system)
    if not hindrance:
        about = "Debian 13 with Python 3.13 in a folder"
        return Environment(home, system, f"{_VENV_INSIDE}/bin/python", about), "/usr/bin/python3"
    python = _python()
    if python is None:
        raise CannotMake(
            f"Colab's versions need Python 3.13: {hindrance}, and there is no python3.13 on PATH; install debootstrap and "
            f"bubblewrap and run this as root, or install Python 3.13 and name it in {PYTHON_VARIABLE}"
        )
    about = f"a virtual environment of {python} ({hindrance})"
    return Environment(home, None, str(home / "venv/bin/python"), about), python


def _hindrance() -> str:
    """Return why Debian cannot be put into a folder here, "" if it can."""
    if os.environ.get(PYTHON_VARIABLE):
        return f"{PYTHON_VARIABLE} is set"
    missing = [name for name in ("debootstrap", "bwrap", "unshare") if shutil.which(name) is None]
    if missing:
        return f"{' and '.join(missing)} is not installed"
    return "" if os.geteuid() == 0 else "debootstrap needs root"


def _debootstrap(system: Path) -> str:
    """Fill the folder with Debian; return what went wrong, "" if nothing did."""
    if system.exists():
        shutil.rmtree(system)
    # What debootstrap mounts inside the folder is gone with its namespace, whatever happens.
    alone = ["unshare", "--mount", "--propagation", "private"]
    command = [*alone, "debootstrap", "--variant=minbase", f"--include={PROGRAMS}", SUITE, str(system)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"debootstrap failed: {((done.stdout + done.stderr).strip().splitlines() or ['no word'])[-1]}"
    (system / ".complete").touch()
    return ""


def _python() -> str | None:
    """Return a Python 3.13 that runs."""
    for name in filter(None, [os.environ.get(PYTHON_VARIABLE), "python3.13"]):
        path = shutil.which(name)
        # A shim of pyenv is on PATH for versions that are not switched on.
        version = "import sys; print(*sys.version_info[:2])"
        if path is None:
            continue
        done = subprocess.run([path, "-c", version], capture_output=True, text=True, check=False)
        if done.stdout.split() == ["3", "13"]:
            return path
    return None


def _baseline(home: Path) -> frozenset[str]:
    return frozenset((home / "freeze.txt").read_text(encoding="utf-8").split("\n"))


def _names(lines: frozenset[str]) -> set[str]:
    """Return the names of the packages in pip's lines, "d2l==1.0.3" or "mlp-course @ http://…"."""
    return {line.partition("==")[0].partition(" @ ")[0].lower() for line in lines}
