"""What the file system looks like from inside the sandbox: the system, Python with its packages and the part of this package
that lessons need, all of it read-only. What is not listed is not there: no home folder, no course, no submission, and no copy of
Fashion-MNIST but the sample, because a network is judged by images of its test set.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import grading
from grading.data.files import WHOLE_SET, default_root, places_of_the_whole_set
from grading.sandbox.confinement import linux
from grading.sandbox.confinement.visible import EMPTY, visible_files

# Places of the sandbox itself, all below a name that hardly anyone has an interpreter or a clone in.
_OWN = "/sandbox"
HOME = f"{_OWN}/home"
WORK = f"{HOME}/work"
SOCKETS = f"{_OWN}/kernel"
EXCHANGE = f"{_OWN}/exchange"
FONTS = f"{EXCHANGE}/fonts"
MATPLOTLIB = "/tmp/matplotlib"
DATA = f"{_OWN}/data"

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt/conda",
    "/nix/store",
    "/sys/devices/system/cpu",
)
_SETTINGS = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "fonts",
    "localtime",
    "timezone",
    "mime.types",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True)
class View:
    """What is shown read-only: places by the path that they have inside, and empty files that stand for hidden ones.

    covered: folders below these places that are empty but for what is shown there by a path of its own.
    """

    shown: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    covered: tuple[str, ...]


def learners_view(data: str | None = None, hidden: Sequence[str] = ()) -> View:
    """Return the view for this interpreter.

    data: a folder of data sets that may be read, too, Fashion-MNIST left out. hidden: folders, by their real paths, that are
    empty wherever they would be seen.
    """
    package = Path(grading.__file__).resolve().parent
    shown = {path: os.path.realpath(path) for path in _distinct(_places()) if os.path.isdir(path)}
    shown |= {f"/etc/{name}": f"/etc/{name}" for name in _SETTINGS if os.path.exists(f"/etc/{name}")}
    shown |= {f"/dev/{name}": f"/dev/{name}" for name in _DEVICES}
    if data is not None and os.access(data, os.R_OK | os.X_OK):
        # One by one, so that Fashion-MNIST stays outside even if it is downloaded later.
        shown |= {
            f"{DATA}/{name}": os.path.realpath(f"{data}/{name}") for name in os.listdir(data) if name != WHOLE_SET
        }
    inside = any(_below(str(package), place) for place in shown)
    parts = {str(package / name): str(package / name) for name in visible_files()}
    links = tuple((path, os.readlink(path)) for path in _SYSTEM if os.path.islink(path))
    return View(
        shown=(*shown.items(), *parts.items()),
        empty=tuple(str(package / part) for part in EMPTY),
        links=links,
        covered=((str(package),) if inside else ()) + _seen_within(shown, hidden),
    )


def copies_of_the_whole_set() -> tuple[str, ...]:
    """Return the folders that may hold the whole of Fashion-MNIST on this machine, by their real paths: what is to be hidden."""
    places = (os.path.realpath(place) for place in places_of_the_whole_set(default_root()))
    return tuple(sorted({place for place in places if os.path.isdir(place)}))


def _seen_within(shown: Mapping[str, str], hidden: Sequence[str]) -> tuple[str, ...]:
    """Return where, from inside, hidden folders would be seen."""
    seen = {
        os.path.normpath(os.path.join(path, os.path.relpath(folder, source)))
        for folder in hidden
        for path, source in shown.items()
        if _below(folder, source)
    }
    return tuple(sorted(seen))


def _places() -> Iterator[str]:
    """Yield the folders of the system and of the interpreter, and those where installers put packages."""
    yield from (path for path in _SYSTEM if not os.path.islink(path))
    yield from (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    yield from (sysconfig.get_path(name) for name in names)
    yield from site.getsitepackages()
    if site.ENABLE_USER_SITE:
        yield site.getusersitepackages()
    yield from package_folders()


def package_folders() -> Iterator[str]:
    """Yield the folders on Python's path, by PYTHONPATH or a .pth file, that an installer has put packages into.

    None that holds the place where this process works, a course or this package: beside packages there may be anything.
    """
    within = [os.getcwd(), os.path.expanduser("~"), str(Path(grading.__file__).resolve().parent)]
    for entry in sys.path:
        folder = os.path.realpath(entry)
        holds_more = any(_below(os.path.realpath(place), folder) for place in within)
        if not holds_more and os.path.isdir(folder) and _is_installed_into(folder):
            yield os.path.abspath(entry)


def _is_installed_into(folder: str) -> bool:
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    return "nbgrader_config.py" not in names and any(name.endswith((".dist-info", ".egg-info")) for name in names)


def _distinct(paths: Iterator[str]) -> list[str]:
    """Return the paths without the ones that lie below others, the home and root folders and nothing else left out."""
    found: list[str] = []
    for path in paths:
        plain = os.path.abspath(path)
        if plain not in ("/", os.path.expanduser("~")) and not any(_below(plain, other) for other in found):
            found = [other for other in found if not _below(other, plain)] + [plain]
    return found


def _below(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def build(view: View, exchange: str, user: int, group: int) -> None:
    """Make the jail the root of this process, which must have mounts of its own already, and may mount.

    exchange: the grader's folder through which sockets and files are exchanged; it appears at `EXCHANGE`.
    """
    linux.make_private()
    base, old = "/tmp", f"{_OWN}/old"
    linux.mount("tmpfs", base, "tmpfs", linux.NO_SETUID | linux.NO_DEVICES, "mode=0755,size=16m")
    os.makedirs(base + old)
    linux.pivot(base, base + old)
    os.chdir("/")
    os.mkdir("/tmp")
    # First of all, because an interpreter or a clone may be below it.
    linux.mount("tmpfs", "/tmp", "tmpfs", linux.NO_SETUID | linux.NO_DEVICES, "mode=1777,size=64m")
    _fill("", view, old, exchange, user, group)
    linux.unmount(old)
    os.rmdir(old)


def _fill(root: str, view: View, old: str, exchange: str, user: int, group: int) -> None:
    for link, target in view.links:
        os.symlink(target, root + link)
    # Parents come first; a covered folder is laid over its parent, and what is shown of it over that.
    for path, source in sorted(view.shown, key=lambda pair: pair[0].count("/")):
        if not _covered(path, view):
            _show(old + source, root + path)
    for covered in view.covered:
        linux.mount("tmpfs", root + covered, "tmpfs", linux.NO_SETUID | linux.NO_DEVICES, "mode=0755,size=1m")
    for path, source in view.shown:
        if _covered(path, view):
            _show(old + source, root + path)
    for path in view.empty:
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        Path(root + path).touch(mode=0o644)
    for covered in view.covered:
        linux.restrict(root + covered, linux.READ_ONLY, below=False)
    for folder in ("/proc", "/dev/shm", "/dev/pts", HOME, SOCKETS, EXCHANGE):
        os.makedirs(root + folder, exist_ok=True)
    os.symlink("pts/ptmx", root + "/dev/ptmx")
    os.makedirs(root + "/etc", exist_ok=True)
    names = (("passwd", f"learner:x:{user}:{group}::{HOME}:/bin/sh\n"), ("group", f"learner:x:{group}:\n"))
    for name, line in names:
        Path(root + "/etc", name).write_text(line)
    # A new /proc may be mounted only where one can be seen already; this one is covered by the parent's own.
    linux.bind(old + "/proc", root + "/proc")
    linux.bind(old + exchange, root + EXCHANGE)
    linux.restrict(root + EXCHANGE, linux.NO_SETUID | linux.NO_DEVICES | linux.NO_EXECUTION)


def places_below(folder: str) -> list[str]:
    """Return the entries of a folder, from inside, below which something is shown."""
    with open("/proc/self/mountinfo") as mounts:
        points = [line.split()[4].encode().decode("unicode_escape") for line in mounts]
    return sorted(
        {point.removeprefix(f"{folder}/").split("/")[0] for point in points if point.startswith(f"{folder}/")}
    )


def _covered(path: str, view: View) -> bool:
    return any(_below(path, covered) for covered in view.covered)


def _show(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    linux.bind(source, target)
    devices = 0 if target.startswith("/dev/") else linux.NO_DEVICES
    linux.restrict(target, linux.READ_ONLY | linux.NO_SETUID | devices)


def close() -> None:
    """Make what is left of the jail's own folders read-only; mounts on top of them are not touched."""
    linux.restrict("/", linux.READ_ONLY, below=False)
