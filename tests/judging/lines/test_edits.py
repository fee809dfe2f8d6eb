"""Single edits: what they make of a function, that they are the same each time, and that the function stays as it was."""

from __future__ import annotations

import ast

import pytest

from grading.judging.lines.edits import MOST_EDITS, Edit, edits
from grading.judging.lines.rules import RULES
from grading.judging.lines.source import edited


def _definition(body: str, parameters: str = "X, W, g") -> ast.FunctionDef:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    (made,) = ast.parse(f"def f({parameters}):\n{indented}").body
    assert isinstance(made, ast.FunctionDef)
    return made


def _sources(definition: ast.FunctionDef) -> list[str]:
    return [_source(definition, edit) for edit in edits(definition)]


def _source(definition: ast.FunctionDef, edit: Edit) -> str:
    old = edit.place.node
    edit.place.put(edit.new)
    try:
        return ast.unparse(ast.Module(definition.body, []))
    finally:
        edit.place.put(old)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("return W @ X", "return X @ W"),
        ("return X - g", "return g - X"),
        ("return torch.where(X > 0, W, g)", "return torch.where(X > 0, g, W)"),
        ("return X @ W", "return X.T @ W"),
        ("return X @ W.T", "return X @ W"),
        ("return X @ W.t()", "return X @ W"),
        ("return torch.mm(X, W)", "return torch.mm(X.T, W)"),
        ("return X.sum(1)", "return X.sum(dim=0)"),
        ("return torch.sum(X, dim=0)", "return torch.sum(X, dim=1)"),
        ("return X.sum(0)", "return X.sum()"),
        ("return X.sum(1)", "return X.sum(dim=1, keepdim=True)"),
        ("return sum(X)", "return X.sum(dim=1)"),
        ("return X.sum()", "return X.mean()"),
        ("return torch.amax(X)", "return torch.amin(X)"),
        ("return X * g", "return -(X * g)"),
        ("return -X", "return X"),
        ("return X + g", "return X - g"),
        ("return X * W", "return X @ W"),
        ("X += g\nreturn X", "X -= g\nreturn X"),
        ("return X >= 0", "return X > 0"),
        ("return X if W else g", "return X if not W else g"),
        ("return 2 * X", "return 1 * X"),
        ("return 0.5 * X", "return 1.0 * X"),
        ("return X.sum(0, keepdim=False)", "return X.sum(dim=0, keepdim=True)"),
        ("return W['W1'] + W['b1']", "return W['b1'] + W['b1']"),
        ("return W['W1'].sum()", "return W['W2'].sum()"),
        ("return X[0] + X", "return X[0] + X[0]"),
        ("return torch.einsum('ni,no->io', X, g)", "return torch.einsum('ni,no->oi', X, g)"),
        ("return (X, W)", "return (W, X)"),
        ("return {'a': X, 'b': W}", "return {'a': W, 'b': X}"),
        ("return torch.relu(X)", "return X"),
        ("return X.exp()", "return X"),
        ("X = X + 1\nreturn X", "pass\nreturn X"),
        ("return X[0]", "return X"),
        ("return X * g", "return X * g / X.shape[0]"),
        ("return X * g / 3", "return X * g"),
        ("return X @ W", "return X @ g"),
        ("return X[:3]", "return X[1:3]"),
        ("return [a for a in range(3)]", "return [a for a in range(3 - 1)]"),
        ("for a in g:\n    X = a\nreturn X", "for a in list(g)[::-1]:\n    X = a\nreturn X"),
        ("return g", "return g.sum(0)"),
        ("return g", "return g.mean()"),
        ("return g ** 2", "return (g ** 2).sqrt()"),
        ("return X * X", "return X * (1 - X)"),
    ],
)
def test_an_edit_undoes_a_slip(slip: str, meant: str) -> None:
    assert meant in _sources(_definition(slip))


def test_every_rule_makes_edits_of_some_function() -> None:
    body = "Z = torch.sum(X @ W.T, 1) > 2\nfor a in g[1:]:\n    Z = (Z, -a)\nreturn Z"
    assert {edit.kind for edit in edits(_definition(body))} == {rule.__name__ for rule in RULES}


BODY = "Z = X @ W\nH = torch.relu(Z)\nreturn g.T @ H, H.sum(0)"


def test_they_are_the_same_each_time_and_no_two_do_the_same_at_one_place() -> None:
    once, again = _definition(BODY), _definition(BODY)
    assert _sources(once) == _sources(again)
    keys = [(id(edit.place.node), ast.dump(edit.new)) for edit in edits(once)]
    assert len(set(keys)) == len(keys)


def test_the_likely_ones_come_first() -> None:
    order = [rule.__name__ for rule in RULES]
    found = [order.index(edit.kind) for edit in edits(_definition(BODY))]
    assert found == sorted(found)


def test_there_are_some_hundreds_at_most() -> None:
    long = "\n".join(f"a{i} = X @ W + g.sum(0) * {i}" for i in range(60))
    assert len(edits(_definition(f"{long}\nreturn a1"))) == MOST_EDITS


def test_each_says_its_line() -> None:
    definition = _definition("Z = X @ W\nreturn -Z")
    lines = {_source(definition, edit): edit.line for edit in edits(definition)}
    assert lines["Z = W @ X\nreturn -Z"] == 2
    assert lines["Z = X @ W\nreturn Z"] == 3


def test_a_variable_that_is_read_once_is_edited_where_it_is_made() -> None:
    found = _sources(_definition("Z = X * g\nreturn Z"))
    assert "Z = -(X * g)\nreturn Z" in found
    assert "Z = X * g\nreturn -Z" not in found


def test_an_entry_is_never_put_into_itself() -> None:
    definition = _definition("return g[X]", parameters="X, g")
    assert "return g[g[X]]" in _sources(definition)


def test_the_definition_stays_as_it_was() -> None:
    definition = _definition(BODY)
    before = ast.dump(definition)
    for edit in edits(definition):
        edited(definition, edit, {})
    assert ast.dump(definition) == before


def test_an_edited_function_runs_in_the_namespace_that_it_is_given() -> None:
    definition = _definition("return a - X", parameters="X")
    swapped = next(edit for edit in edits(definition) if ast.unparse(edit.new) == "X - a")
    function = edited(definition, swapped, {"a": 1})
    assert function is not None
    assert function(5) == 4
