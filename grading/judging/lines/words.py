"""What is taken for what: operators, comparisons, and functions of PyTorch and Python."""

from __future__ import annotations

import ast

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult, ast.Sub),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE, ast.Eq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt, ast.Eq),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE, ast.Eq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
REDUCTIONS = frozenset(
    "sum mean amax amin max min std var norm logsumexp prod argmax argmin softmax log_softmax cumsum".split()
)
# Each name with what it is taken for; every pair holds both ways.
_PAIRS = (
    "sum mean|amax amin|max min|maximum minimum|argmax argmin|zeros ones|zeros_like ones_like|exp expm1|log log1p|sqrt square|"
    "std var|add sub|mul div|rand randn|uniform_ normal_|zeros_ ones_|any all|floor ceil|cat stack|mm mul|matmul mul|sin cos|"
    "sinh cosh|tanh sigmoid|relu sigmoid|gt ge|lt le|gt lt|ge le|logsumexp sum|log_softmax softmax|log log2|log log10|"
    "exp exp2|heaviside sign|sign abs|add_ sub_|mul_ div_|in_features out_features|weight bias|float long|round floor|"
    "values indices|data indices|max argmax|min argmin|amax argmax"
).split("|")
MEANT: dict[str, tuple[str, ...]] = {}
for _one, _other in (pair.split() for pair in _PAIRS):
    MEANT[_one] = (*MEANT.get(_one, ()), _other)
    MEANT[_other] = (*MEANT.get(_other, ()), _one)
