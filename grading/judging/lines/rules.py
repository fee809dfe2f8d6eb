"""What may have been meant at a place of a program.

Each rule is given a place and yields the nodes that may have been meant to stand there. An edit may be nonsense: what does not run
repairs nothing. Rules come in the order in which people make the slips that they undo, so that the likely ones are tried first.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

from grading.judging.lines.nodes import called, changed, method, subject_of
from grading.judging.lines.places import Place, Scope
from grading.judging.lines.words import COMPARISONS, MEANT, OPERATORS, REDUCTIONS

Rule = Callable[[Place, Scope], Iterator[ast.AST]]
_TRANSPOSES = frozenset({"T", "mT", "H", "mH"})
_TRANSPOSING = frozenset({"t", "transpose", "swapaxes", "permute"})
_PRODUCTS = frozenset({"mm", "matmul", "dot", "mv", "bmm"})
_KEPT_IN_ORDER = frozenset({"range", "zip", "isinstance", "enumerate", "shape", "reshape", "view", "zeros", "ones"})
_AXES = (0, 1, -1)
# Names that are tried in place of another one, and parameters whose sizes are tried as a factor.
_MOST_NAMES, _MOST_SIZED = 10, 4


def _as_expression(place: Place, scope: Scope) -> ast.expr | None:
    """Return the node of a place where a value stands that may be wrapped; None where the same can be done elsewhere."""
    node = place.node
    if not isinstance(node, ast.Name | ast.BinOp | ast.UnaryOp | ast.Call | ast.Subscript | ast.Attribute | ast.IfExp):
        return None
    if place.field in ("func", "slice", "targets", "target", "iter", "optional_vars") or not isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        return None
    if isinstance(node, ast.Name) and (node.id not in scope.variables or node.id in scope.read_once):
        return None  # a variable that is read once may as well be edited where it is made
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and place.assigned:
        return None  # that gives an entry a shorter name, where nobody slips
    return node


def operands_in_order(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """The operands of a difference, quotient or product, or two arguments, the other way round."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv):
        yield changed(node, left=node.right, right=node.left)
    if isinstance(node, ast.Call) and called(node) not in _KEPT_IN_ORDER:
        for i in range(len(node.args) - 1):
            yield changed(node, args=[*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]])


def transposed(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A transpose more or less."""
    node = place.node
    if isinstance(node, ast.Attribute) and node.attr in _TRANSPOSES:
        yield node.value
    subject = subject_of(node)
    if called(node) in _TRANSPOSING and subject is not None:
        yield subject
    value = _as_expression(place, scope)
    factor = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.MatMult)
    if value is not None and (place.whole or factor or called(place.parent) in _PRODUCTS):
        yield ast.Attribute(value, "T", ast.Load())


def axis(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Another axis of a reduction, none, or one that is kept."""
    node = place.node
    if not isinstance(node, ast.Call) or called(node) not in REDUCTIONS:
        return
    named = [keyword for keyword in node.keywords if keyword.arg in ("dim", "axis")]
    rest = [keyword for keyword in node.keywords if keyword not in named]
    subject = subject_of(node)
    if isinstance(node.func, ast.Name) and subject is not None:  # Python's own, which knows no axes
        node = ast.copy_location(ast.Call(ast.Attribute(subject, node.func.id, ast.Load()), [], []), node)
    own = 1 if node.args[:1] == [subject] else 0
    first = node.args[:own]
    others = [keyword for keyword in rest if keyword.arg not in ("keepdim", "keepdims")]
    keeping = ast.keyword("keepdim", ast.Constant(True))
    for number in _AXES:
        along = ast.keyword("dim", ast.Constant(number))
        yield changed(node, args=first, keywords=[along, *others])
        yield changed(node, args=first, keywords=[along, *others, keeping])
    if named or node.args[own:]:
        yield changed(node, args=first, keywords=others)


def another_function(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A function that is taken for another one: `sum` for `mean`, `exp` for `expm1`."""
    node = place.node
    if isinstance(node, ast.Attribute):
        for name in MEANT.get(node.attr, ()):
            yield changed(node, attr=name)
    elif isinstance(node, ast.Name) and place.field == "func":
        for name in MEANT.get(node.id, ()):
            yield changed(node, id=name)


def sign(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A sign more or less."""
    node = place.node
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    value = _as_expression(place, scope)
    if value is not None and (place.whole or place.field in ("args", "left", "right")):
        yield ast.UnaryOp(ast.USub(), value)


def operator(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Another operator."""
    node = place.node
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in OPERATORS.get(type(node.op), ()):
            yield changed(node, op=other())
    if isinstance(node, ast.BoolOp):
        yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def comparison(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Another comparison, or a condition turned."""
    node = place.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield changed(node, ops=[other()])
    if isinstance(node, ast.If | ast.IfExp):
        yield changed(node, test=ast.UnaryOp(ast.Not(), node.test))


def factor(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A factor or a term more or less: a size of an input, 2, 1/2."""
    node = place.node
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    value = _as_expression(place, scope)
    if value is None or not (place.whole or called(node) in REDUCTIONS):
        return
    for name in scope.parameters[:_MOST_SIZED]:
        for size in _sizes(name):
            yield ast.BinOp(value, ast.Div(), size)
            yield ast.BinOp(value, ast.Mult(), size)
    for number in (2.0, 0.5):
        yield ast.BinOp(value, ast.Mult(), ast.Constant(number))


def _sizes(name: str) -> list[ast.expr]:
    """Return the sizes that a parameter has if it is a tensor."""
    shape = ast.Attribute(ast.Name(name, ast.Load()), "shape", ast.Load())
    along = [ast.Subscript(shape, ast.Constant(axis), ast.Load()) for axis in (0, 1)]
    return [*along, method(ast.Name(name, ast.Load()), "numel")]


def constant(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Another number, truth value or key; a size of an input in place of a number."""
    node = place.node
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope.numbers:
        yield from (_sizes(name)[0] for name in scope.parameters[:_MOST_SIZED])
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    others: list[object] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1, -value, 2 * value, value / 2]
    elif isinstance(value, float):
        others = [2 * value, value / 2, -value, value + 1, value - 1, 0.0, 1.0]
    elif isinstance(value, str) and "->" in value:
        inputs, output = value.split("->")
        others = [f"{inputs}->{output[::-1]}", f"{','.join(inputs.split(',')[::-1])}->{output}"]
    elif isinstance(value, str):
        others = [key for key in (*_numbered_otherwise(value), *scope.keys) if value.isidentifier() and key != value]
    for other in others:
        if other != value or type(other) is not type(value):
            yield ast.Constant(other)  # type: ignore[arg-type]  # the kinds of constants above
    if type(value) in (int, float) and place.field in ("left", "right", "value"):
        yield from (_sizes(name)[0] for name in scope.parameters[:_MOST_SIZED])


def _numbered_otherwise(key: str) -> list[str]:
    """Return the keys of the same kind: `W2` for `W1`."""
    return [key[:-1] + number for number in "12"] if key[-1:] in ("1", "2") else []


def another_name(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Another variable, or another entry of one."""
    node = place.node
    if not isinstance(node, ast.Name | ast.Subscript) or not isinstance(node.ctx, ast.Load) or place.field == "func":
        return
    # Copies: an entry that is put in the place of its own key would hold itself.
    yield from (copy.deepcopy(entry) for entry in scope.entries if ast.dump(entry) != ast.dump(node))
    if isinstance(node, ast.Name) and node.id in scope.variables:
        for name in scope.variables[:_MOST_NAMES]:
            if name != node.id:
                yield ast.Name(name, ast.Load())


def left_out(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A call, an index or a statement less."""
    node = place.node
    subject = subject_of(node)
    if subject is not None:
        yield subject
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        yield ast.Pass()


def reduced(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A sum or a mean more."""
    value = _as_expression(place, scope)
    if value is None or isinstance(place.parent, ast.Attribute):
        return
    for name in ("sum", "mean"):
        for number in (0, 1):
            yield method(value, name, ast.Constant(number))
        yield method(value, name)
    yield method(value, "sum", ast.Constant(1), ast.Constant(True))


def applied(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A function more: a root, a square, a complement, a copy, a ReLU."""
    value = _as_expression(place, scope)
    if value is None or isinstance(place.parent, ast.Attribute):
        return
    for name in ("sqrt", "square", "exp", "log", "abs", "clone"):
        yield method(value, name)
    yield ast.BinOp(ast.Constant(1), ast.Sub(), value)
    yield method(value, "clamp", ast.Constant(0))


def bounds(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """A slice or a loop that begins or ends elsewhere, or goes backwards."""
    node, minus = place.node, ast.UnaryOp(ast.USub(), ast.Constant(1))
    if isinstance(node, ast.Slice):
        yield changed(node, lower=ast.Constant(1) if node.lower is None else None)
        yield changed(node, upper=minus if node.upper is None else None)
    if isinstance(node, ast.For | ast.comprehension):
        rounds = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        for cut in (ast.Slice(ast.Constant(1)), ast.Slice(None, minus), ast.Slice(None, None, minus)):
            yield changed(node, iter=ast.Subscript(rounds, cut, ast.Load()))
    if called(node) == "range" and isinstance(node, ast.Call) and node.args:
        for step in (ast.Add(), ast.Sub()):
            ends = list(node.args)
            at = min(1, len(ends) - 1)
            ends[at] = ast.BinOp(ends[at], step, ast.Constant(1))
            yield changed(node, args=ends)


def order(place: Place, scope: Scope) -> Iterator[ast.AST]:
    """Neighbours in a tuple, a list or a dict exchanged."""
    node = place.node
    field = "elts" if isinstance(node, ast.Tuple | ast.List) else "values" if isinstance(node, ast.Dict) else ""
    items = getattr(node, field, []) if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) else []
    for i in range(len(items) - 1):
        yield changed(node, **{field: [*items[:i], items[i + 1], items[i], *items[i + 2 :]]})


RULES: tuple[Rule, ...] = (
    operands_in_order,
    transposed,
    axis,
    another_function,
    sign,
    operator,
    comparison,
    constant,
    order,
    left_out,
    factor,
    another_name,
    bounds,
    reduced,
    applied,
)
