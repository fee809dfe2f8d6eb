"""What can go wrong at one place of a program: for a node of the syntax tree, the nodes that might stand there by mistake.

Each rule is given a node and yields pairs of a label and the node to put in its place. A rule may yield nonsense: what
does not run is rejected by any check, and what changes nothing is sorted out by the oracle.

The file is long because it is a list of rules.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

Swap = tuple[str, ast.AST]


@dataclass(frozen=True)
class Scope:
    """What the rules know about the function around a node.

    variables: its parameters and local variables in order of appearance. strings: the string constants that look like keys.
    returned: whether the node is what a `return` gives, or an element of it.
    """

    variables: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    returned: bool = False

    def within(self, returned: bool) -> Scope:
        """Return the same scope at another place."""
        return replace(self, returned=returned)


_BINARY: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Eq: (ast.NotEq, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_LABELS = {ast.Mult: "mul", ast.FloorDiv: "floordiv", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
# Each name with what it is mistaken for; every pair holds both ways.
_CONFUSED = (
    "sum mean|amax amin|max min|maximum minimum|argmax argmin|zeros ones|zeros_like ones_like|new_zeros new_ones|exp expm1|"
    "log log1p|sqrt square|std var|add sub|mul div|add_ sub_|mul_ div_|rand randn|rand_like randn_like|uniform_ normal_|"
    "zeros_ ones_|clamp_min clamp_max|any all|floor ceil|triu tril|cat stack|mm mul|matmul mul|mv mul|outer inner|sin cos|"
    "sinh cosh|cumsum cumprod|double float|float64 float32|values indices|in_features out_features|fan_in fan_out|append extend|"
    "weight bias|logsumexp sum|log_softmax softmax|relu sigmoid|norm sum|float int|long float|flatten ravel|unsqueeze squeeze"
).split("|")
_SWAPPED: dict[str, list[str]] = {}
for _one, _other in (pair.split() for pair in _CONFUSED):
    _SWAPPED.setdefault(_one, []).append(_other)
    _SWAPPED.setdefault(_other, []).append(_one)
_REDUCTIONS = frozenset("sum mean amax amin max min std var norm logsumexp prod argmax argmin".split())
_TRANSPARENT = frozenset("T mT data real values".split())


def _word(operator: ast.AST) -> str:
    return _LABELS.get(type(operator), type(operator).__name__.lower())  # type: ignore[call-overload, no-any-return]


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    """Return a shallow copy with some fields replaced."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _swaps(items: list[ast.expr]) -> Iterator[tuple[int, list[ast.expr]]]:
    for i in range(len(items) - 1):
        yield i, [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def binary(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """Another operator, one operand alone, operands swapped, a transpose added."""
    if not isinstance(node, ast.BinOp):
        return
    word = _word(node.op)
    for other in _BINARY.get(type(node.op), ()):
        yield f"{word}->{_word(other())}", _changed(node, op=other())
    yield f"drop right of {word}", node.left
    subtracted = isinstance(node.op, ast.Sub)
    yield f"drop left of {word}", ast.UnaryOp(ast.USub(), node.right) if subtracted else node.right
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv):
        yield f"swap operands of {word}", _changed(node, left=node.right, right=node.left)
    if isinstance(node.op, ast.MatMult):
        yield "transpose left", _changed(node, left=ast.Attribute(node.left, "T", ast.Load()))
        yield "transpose right", _changed(node, right=ast.Attribute(node.right, "T", ast.Load()))


def unary(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A sign or a negation dropped."""
    if isinstance(node, ast.UnaryOp):
        yield f"drop {_word(node.op)}", node.operand


def comparison(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """Another comparison; `and` for `or`; one condition alone."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield f"{_word(node.ops[0])}->{_word(other())}", _changed(node, ops=[other()])
    if isinstance(node, ast.BoolOp):
        turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{_word(node.op)}->{_word(turned)}", _changed(node, op=turned)
        for i in (0, 1):
            yield f"condition {i + 1} alone", node.values[i]


def constant(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """Another number, truth value, key, or order of axes in `einsum`."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    others: list[object] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1, -value, 2 * value]
    elif isinstance(value, float):
        others = [2 * value, value / 2, -value, value + 1]
    elif isinstance(value, str) and "->" in value:
        inputs, output = value.split("->")
        others = [
            f"{inputs}->{output[::-1]}",
            f"{inputs}->{output[:-1]}",
            f"{','.join(inputs.split(',')[::-1])}->{output}",
        ]
    elif isinstance(value, str) and value in scope.strings:
        others = [other for other in scope.strings if other != value][:3]
    for other in others:
        if other != value:
            yield f"{value!r}->{other!r}", ast.Constant(other)


def name(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A neighbouring variable for the right one; another function or attribute of the kind."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in scope.variables:
            at, count = scope.variables.index(node.id), len(scope.variables)
            for other in dict.fromkeys([scope.variables[(at + 1) % count], scope.variables[at - 1]]):
                if other != node.id:
                    yield f"{node.id}->{other}", ast.Name(other, ast.Load())
        for other in _SWAPPED.get(node.id, []):
            yield f"{node.id}->{other}", ast.Name(other, ast.Load())
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for other in _SWAPPED.get(node.attr, []):
            yield f"{node.attr}->{other}", _changed(node, attr=other)
        if node.attr in _TRANSPARENT:
            yield f"drop .{node.attr}", node.value


def call(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """Arguments swapped or dropped, the call itself dropped, a dimension or `keepdim` added, in place for a new tensor."""
    if not isinstance(node, ast.Call):
        return
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    title = method or (node.func.id if isinstance(node.func, ast.Name) else "call")
    for i, swapped in _swaps(node.args):
        yield f"swap arguments {i + 1} and {i + 2} of {title}", _changed(node, args=swapped)
    if len(node.args) > 1 or (node.args and method):
        yield f"drop the last argument of {title}", _changed(node, args=node.args[:-1])
    for i, keyword in enumerate(node.keywords):
        rest = node.keywords[:i] + node.keywords[i + 1 :]
        yield f"drop {keyword.arg}= of {title}", _changed(node, keywords=rest)
        other = {"min": "max", "max": "min", "low": "high", "high": "low"}.get(keyword.arg or "")
        if other and not any(one.arg == other for one in rest):
            swapped_keyword = ast.keyword(other, keyword.value)
            yield f"{keyword.arg}=->{other}=", _changed(node, keywords=[*rest, swapped_keyword])
    receiver = _receiver(node)
    if receiver is not None:
        yield f"drop {title}", receiver
    yield from _reduction(node, title)
    yield from _in_place(node, method)


def _receiver(node: ast.Call) -> ast.expr | None:
    """Return what the call works on: the object of a method, the first argument of a function."""
    module = isinstance(node.func, ast.Attribute) and _is_module(node.func.value)
    if isinstance(node.func, ast.Attribute) and not module:
        return node.func.value
    return node.args[0] if node.args and not isinstance(node.args[0], ast.Starred) else None


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node).split(".")[0] in (
        "torch",
        "F",
        "math",
        "nn",
        "np",
    )


def _reduction(node: ast.Call, title: str) -> Iterator[Swap]:
    if title not in _REDUCTIONS:
        return
    module = isinstance(node.func, ast.Attribute) and _is_module(node.func.value)
    dims = node.args[1:] if module else node.args
    keywords = {keyword.arg for keyword in node.keywords}
    if dims or "dim" in keywords:
        if "keepdim" not in keywords:
            yield f"keepdim added to {title}", _changed(node, keywords=[*node.keywords, _truth("keepdim")])
    else:
        first = ast.keyword("dim", ast.Constant(0))
        yield f"dim=0 added to {title}", _changed(node, keywords=[*node.keywords, first])


def _truth(keyword: str) -> ast.keyword:
    return ast.keyword(keyword, ast.Constant(True))


def _in_place(node: ast.Call, method: str) -> Iterator[Swap]:
    if not method or not isinstance(node.func, ast.Attribute):
        return
    owner = torch if _is_module(node.func.value) else torch.Tensor
    if method.endswith("_") and hasattr(owner, method[:-1]):
        yield f"{method}->{method[:-1]}", _changed(node, func=_changed(node.func, attr=method[:-1]))
    elif hasattr(owner, method + "_"):
        yield f"{method}->{method}_", _changed(node, func=_changed(node.func, attr=method + "_"))


def slice_(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A slice off by one, without a bound, or left out."""
    if isinstance(node, ast.Slice):
        if node.lower is None:
            yield "slice from 1", _changed(node, lower=ast.Constant(1))
        else:
            yield "slice from the start", _changed(node, lower=None)
        if node.upper is None:
            yield "slice to the last but one", _changed(node, upper=ast.UnaryOp(ast.USub(), ast.Constant(1)))
        else:
            yield "slice to the end", _changed(node, upper=None)
        if node.step is not None:
            yield "slice without a step", _changed(node, step=None)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Constant):
        yield "drop the index", node.value


def sequence(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """Elements of a tuple, a list or a dict in another order, or one of them missing."""
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for i, swapped in _swaps(node.elts):
            yield f"swap elements {i + 1} and {i + 2}", _changed(node, elts=swapped)
        for i in range(len(node.elts)):
            yield f"drop element {i + 1}", _changed(node, elts=node.elts[:i] + node.elts[i + 1 :])
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        for i, swapped in _swaps(node.values):
            yield f"swap values {i + 1} and {i + 2}", _changed(node, values=swapped)
        for i in range(len(node.keys)):
            rest = {"keys": node.keys[:i] + node.keys[i + 1 :], "values": node.values[:i] + node.values[i + 1 :]}
            yield f"drop key {i + 1}", _changed(node, **rest)


def returned(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A returned value with its sign turned, in another dtype, or cut from the graph."""
    if scope.returned and isinstance(node, ast.expr) and not isinstance(node, ast.Tuple | ast.List | ast.Dict):
        yield "negate the result", ast.UnaryOp(ast.USub(), node)
        for method in ("float", "double", "detach", "clone"):
            yield f".{method}() added", ast.Call(ast.Attribute(node, method, ast.Load()), [], [])


def condition(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A condition turned, always met or never met."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "negate the condition", _changed(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield "the condition never holds", _changed(node, test=ast.Constant(False))
        if not isinstance(node, ast.While):
            yield "the condition always holds", _changed(node, test=ast.Constant(True))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "drop the filter", _changed(node, ifs=node.ifs[1:])


def loop(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A loop without its first or last round, or backwards."""
    if isinstance(node, ast.For | ast.comprehension):
        rounds = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        minus = ast.UnaryOp(ast.USub(), ast.Constant(1))
        cuts = {"first": ast.Slice(ast.Constant(1)), "last": ast.Slice(None, minus)}
        for label, cut in cuts.items():
            yield f"without the {label} round", _changed(node, iter=ast.Subscript(rounds, cut, ast.Load()))
        yield "backwards", _changed(node, iter=ast.Subscript(rounds, ast.Slice(None, None, minus), ast.Load()))
    if isinstance(node, ast.Break | ast.Continue):
        yield "break or continue", ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def statement(node: ast.AST, scope: Scope) -> Iterator[Swap]:
    """A statement left out, or an assignment that forgets or overwrites what was there."""
    if not isinstance(node, ast.stmt) or isinstance(node, ast.Pass | ast.Break | ast.Continue):
        return
    if isinstance(node, ast.With):
        yield "drop the with", ast.If(ast.Constant(True), node.body, [])
    else:
        yield "drop the statement", ast.Pass()
    if isinstance(node, ast.AugAssign):
        for other in _BINARY.get(type(node.op), ()):
            yield f"{_word(node.op)}->{_word(other())}", _changed(node, op=other())
        target = copy.copy(node.target)
        target.ctx = ast.Load()
        yield "overwrite", ast.Assign([node.target], node.value, lineno=node.lineno)
        yield "a new tensor", ast.Assign([node.target], ast.BinOp(target, node.op, node.value), lineno=node.lineno)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and len(node.targets) == 1:
        target, left = node.targets[0], node.value.left
        if ast.unparse(target) == ast.unparse(left):
            yield "in place", ast.AugAssign(target, node.value.op, node.value.right)


RULES: tuple[Callable[[ast.AST, Scope], Iterator[Swap]], ...] = (
    binary,
    unary,
    comparison,
    constant,
    name,
    call,
    slice_,
    sequence,
    returned,
    condition,
    loop,
    statement,
)
