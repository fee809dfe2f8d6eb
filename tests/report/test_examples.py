"""An example of a mistake shows code and nothing that its author said."""

import ast

import pytest

from grading.report.examples import example_of

SECRETS = [
    "def f(x):\n    'Ada'\n    return x",
    'def f(x):\n    """Ada"""',
    "def f(x):\n    # Ada\n    return x  # Ada",
    "name = 'Ada'\ndef f(x):\n    return x",
    "def f(x):\n    print(f'Ada {x} Ada')\n    return x",
    "def f(x):\n    raise ValueError('Ada')",
    "def f(x, y='Ada'):\n    return b'Ada'",
    "class F:\n    'Ada'\n    def forward(self, x):\n        'Ada'\n        return {'Ada': x}",
    "'Ada'\nf'Ada {1}'\ndef f(x): return x",
    "async def f(x):\n    'Ada'\n    return x",
    "def f(x) -> 'Ada':\n    return x",
    "def f(x):\n    match x:\n        case 'Ada':\n            return 'Ada'",
    "def f(x):\n    return x['Ada'] if x == 'Ada' 'Ada' else rf'Ada{x!r:>{3}}'",
]


@pytest.mark.parametrize("source", SECRETS)
def test_no_comment_and_no_string_is_left(source: str) -> None:
    found = example_of([source])
    assert found and "Ada" not in found
    ast.parse(found)


@pytest.mark.parametrize(
    "source", ["", "  ", "def f(x", "x = '", "%matplotlib inline", "\0", "(" * 3_000, "x = 1\n" * 30, "y" * 5_000]
)
def test_what_cannot_be_read_or_is_long_is_no_example(source: str) -> None:
    assert example_of([source]) == ""


def test_the_shortest_answer_is_the_example() -> None:
    short, long = "def f(x):\n    return x", "def f(x):\n    y = x\n    return y"
    assert example_of([long, "def (", short, long]) == short
