"""A look at the source of an answer, from outside: what it defines, and which forbidden operations it contains.

While an answer runs, its own process tells which library operations it uses, and a submission can make it lie. The source
cannot lie, but it may never be reached: so what is found here is reported to the instructor and costs nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from grading.cells import statements_in

# Groups of operations by the word that stands in code that reaches them.
_GROUPS = {"autograd": "autograd", "nn.init": "init", "clip_grad": "clip_grad_norm_"}
_LIBRARIES = frozenset(
    {"torch", "F", "nn", "functional", "special", "ops", "aten", "init", "autograd", "utils", "math", "np", "numpy"}
)


def forbidden_words(sources: Iterable[str], name: str, operations: Collection[str]) -> list[str]:
    """Return the forbidden library operations that the definitions of `name` in these cells write down, in order.

    operations: names and groups as in `grading.judging.exercise.Ban`. Only attributes of a library count: a function of the
    learner's own may be called anything.
    """
    words = {_GROUPS.get(operation, operation) for operation in operations}
    # Most cells need not be parsed: they only use the name.
    definition = re.compile(rf"(def|class)[\s\\]+{re.escape(name)}\b|\b{re.escape(name)}[\s\\]*=(?!=)")
    likely = (source for source in sources if any(word in source for word in words) and definition.search(source))
    found = [word for source in likely for node in _definitions(source, name) for word in _attributes(node)]
    return list(dict.fromkeys(word for word in found if _bare(word) in words))


def defines(source: str, name: str) -> bool:
    """Return whether a cell was meant to define a name, even if it is not valid Python."""
    word = re.escape(name)
    return (
        re.search(rf"^[ \t]*((async[ ]+)?def|class)[ ]+{word}\b|^{word}[ ]*(:[^=\n]*)?=(?!=)", source, re.M) is not None
    )


def _bare(word: str) -> str:
    return word if word in _GROUPS.values() else word.rpartition(".")[2].strip("_").removeprefix("special_")


def _definitions(source: str, name: str) -> Iterator[ast.AST]:
    for node in statements_in(source):
        names: set[str] = set()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = {node.name}
        elif isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if name in names:
            yield node


def _attributes(node: ast.AST) -> Iterator[str]:
    """Yield the last words of what is looked up in a library, such as `relu` of `torch.relu`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and _root(one.value) in _LIBRARIES:
            yield one.attr


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
