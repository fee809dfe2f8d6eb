"""Every name that an adapter uses of its library is there; one that is gone is told of in a sentence."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import grading.adapters
from grading.adapters.names import Kind, Name, coroutine, field, function
from tests.adapters.compatibility import complaint

ADAPTERS = [
    f"grading.adapters.{one.name}" for one in pkgutil.iter_modules(grading.adapters.__path__) if one.name != "names"
]


# They are imported by the tests, not here: it takes seconds, which whoever runs other tests need not wait for.
def names_of(adapter: str) -> tuple[Name, ...]:
    found: tuple[Name, ...] = importlib.import_module(adapter).NAMES
    return found


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_name_of_an_adapter_is_there(adapter: str) -> None:
    assert [said for name in names_of(adapter) if (said := complaint(name, adapter))] == []


def remove(name: Name, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Make an installed library one without the name; tell whether that can be done: not with what is written in C."""
    owner: Any = importlib.import_module(name.module)
    *way, last = name.path.split(".")
    for step in way:
        owner = getattr(owner, step)
    places = [one for one in owner.__mro__ if last in vars(one)] if isinstance(owner, type) else [owner]
    try:
        for place in places:
            monkeypatch.delattr(place, last)
    except (TypeError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_name_that_is_gone_is_told_of_in_a_sentence(adapter: str) -> None:
    # A module cannot be removed like an attribute, and a field is not an attribute of its class; both are among the examples below.
    attributes = [name for name in names_of(adapter) if name.path and name.kind is not Kind.FIELD]
    removed = 0
    for name in attributes:
        assert not complaint(name, adapter)
        with pytest.MonkeyPatch.context() as patch:
            if remove(name, patch):
                said = complaint(name, adapter)
                removed += 1
                assert f"has no {name.path}, which {adapter} uses for {name.use}" in said
        assert not complaint(name, adapter)
    assert removed >= len(attributes) * 0.9


def test_the_sentence_has_the_library_its_version_the_name_and_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbclient.client

    monkeypatch.setattr("tests.adapters.compatibility.version", lambda library: "0.11")
    # A private name is what this is about.
    monkeypatch.delattr(nbclient.client.NotebookClient, "_get_timeout")
    found = function("nbclient.client:NotebookClient._get_timeout", "cell", "how long to wait for a cell")
    said = "nbclient 0.11 has no NotebookClient._get_timeout, which grading.adapters.nbclient uses for how long to wait for a cell"
    assert complaint(found, "grading.adapters.nbclient") == said


LIBRARY = """
from traitlets import Any, HasTraits, observe

CONSTANT = 1

class Client(HasTraits):
    trait = Any()

    @observe("trait")
    def heard(self, change): ...

    def __init__(self):
        self.field = 1
        super().__setattr__("quoted", 2)

    def ask(self):
        return self.read

    annotated: int

    async def wait(self, cell, timeout=None): ...
    def send(self, one, two): ...
    def many(self, *args, **kwargs): ...
    @staticmethod
    def beside(one): ...
    @property
    def reading(self): ...

def plain(one, *, two, three=3): ...
"""


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> str:
    made = ModuleType("library")
    exec(LIBRARY, vars(made))
    made.__spec__ = importlib.util.spec_from_loader("library", None)
    monkeypatch.setitem(sys.modules, "library", made)
    monkeypatch.setattr("tests.adapters.compatibility.version", lambda _: "2.1")
    return "library"


GOOD = [
    Name("library", Kind.MODULE, "x"),
    Name("library:CONSTANT", Kind.VALUE, "x"),
    Name("library:Client", Kind.CLASS, "x"),
    Name("library:Client.trait", Kind.TRAIT, "x"),
    Name("library:Client.reading", Kind.PROPERTY, "x"),
    Name("library:Client.heard", Kind.OBSERVER, "x"),
    field("library:Client.field", "x"),
    field("library:Client.quoted", "x"),
    field("library:Client.annotated", "x"),
    field("library:Client.read", "x"),
    coroutine("library:Client.wait", "cell", "x"),
    coroutine("library:Client.wait", "cell, timeout", "x"),
    coroutine("library:Client.wait", "cell, *, timeout", "x"),
    function("library:Client.send", "one, two", "x"),
    function("library:Client.many", "", "x"),
    function("library:Client.beside", "one", "x"),
    function("library:plain", "one, *, two", "x"),
    function("library:plain", "one, *, two, three", "x"),
    function("library:not_yet", "", "x", since="3.0"),
]
BAD = {
    Name("library.more", Kind.MODULE, "x"): "no module library.more",
    Name("library.more:Thing", Kind.CLASS, "x"): "no Thing, for there is no module library.more",
    Name("library:OTHER", Kind.VALUE, "x"): "no OTHER",
    Name("library:Gone.trait", Kind.TRAIT, "x"): "no Gone.trait",
    Name("library:plain", Kind.CLASS, "x"): "no plain that is a class",
    Name("library:Client", Kind.FUNCTION, "x"): "no Client that is a function",
    Name("library:Client.reading", Kind.TRAIT, "x"): "no Client.reading that is a trait",
    Name("library:Client.send", Kind.PROPERTY, "x"): "no Client.send that is a property",
    Name("library:Client.send", Kind.OBSERVER, "x"): "no Client.send that is an observer of a trait",
    Name("library:CONSTANT", Kind.MODULE, "x"): "no CONSTANT that is a module",
    coroutine("library:Client.send", "one, two", "x"): "no Client.send that is a coroutine function",
    coroutine("library:CONSTANT", "", "x"): "no CONSTANT that is a coroutine function",
    field("library:Client.absent", "x"): "no Client.absent",
    function("library:Client.send", "one", "x"): "Client.send with the parameters (one, two), no more with (one)",
    function(
        "library:Client.send", "two, one", "x"
    ): "Client.send with the parameters (one, two), no more with (two, one)",
    function(
        "library:Client.send", "one, three", "x"
    ): "Client.send with the parameters (one, two), no more with (one, three)",
    function("library:plain", "one", "x"): "plain with the parameters (one, *, two, three=3), no more with (one)",
    function(
        "library:plain", "one, *, two, four", "x"
    ): "plain with the parameters (one, *, two, three=3), no more with (one, *, two, four)",
    function("library:not_yet", "", "x", since="2.1"): "no not_yet",
}


@pytest.mark.parametrize("name", GOOD, ids=str)
def test_a_name_that_is_as_declared_is_no_cause_to_complain(library: str, name: Name) -> None:
    assert complaint(name, "adapter") == ""


@pytest.mark.parametrize("name", BAD, ids=str)
def test_a_name_that_is_another_thing_than_declared_is_told_of(library: str, name: Name) -> None:
    assert complaint(name, "adapter") == f"library 2.1 has {BAD[name]}, which adapter uses for x"


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_says_what_it_uses_and_only_of_its_own_library(adapter: str) -> None:
    module = importlib.import_module(adapter)
    assert module.__doc__ and module.NAMES
    library = {"formgrader": "nbgrader"}.get(own := adapter.rpartition(".")[2], own)
    if own != "modules":
        assert {name.where.partition(".")[0].partition(":")[0].lower() for name in module.NAMES} == {library}
    assert len({name.where for name in module.NAMES}) == len(module.NAMES)


LIBRARIES = {"nbclient", "jupyter_client", "nbconvert", "nbgrader", "ipykernel", "IPython", "torch"}
# What a library brings with it by itself.
BRINGS = {
    "nbclient": {"jupyter_client"},
    "nbconvert": {"jupyter_client", "nbclient"},
    "nbgrader": {"jupyter_client", "nbclient", "nbconvert", "IPython"},
    "formgrader": {"jupyter_client", "nbclient", "nbconvert", "IPython", "nbgrader"},
    "ipykernel": {"jupyter_client", "IPython"},
}


@pytest.mark.parametrize("adapter", [*ADAPTERS, "grading.adapters.names"])
def test_an_adapter_imports_its_own_library_and_no_other(adapter: str) -> None:
    code = f"import sys, {adapter}; print(*sorted({LIBRARIES!r} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    own = adapter.rpartition(".")[2]
    library = {"ipython": "IPython", "formgrader": "nbgrader"}.get(own, own)
    assert set(run.stdout.split()) - {library} <= BRINGS.get(own, set())
    # nbconvert's has functions only, which are given its objects.
    assert (library in run.stdout.split()) == (own not in ("names", "modules", "nbconvert"))


def test_to_import_the_package_imports_no_adapter_and_no_library() -> None:
    code = "import sys, grading; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(run.stdout.split())
    assert "grading" in imported
    assert not {name for name in imported if name in LIBRARIES or name.startswith("grading.adapters")}


def test_every_adapter_is_in_the_overview_of_the_package() -> None:
    overview = inspect.getdoc(grading.adapters) or ""
    listed = {line.split()[0] for line in overview.splitlines() if line.startswith("    ")}
    assert listed == {adapter.rpartition(".")[2] for adapter in ADAPTERS} | {"names"}
