from __future__ import annotations

from collections.abc import Callable

import pytest

from grading.build.declared import DeclaredExercise
from grading.build.leaks import answers_given_away
from grading.build.lint import lint
from grading.build.master import Master

Exercises = dict[str, DeclaredExercise]
TODO = '# %% todo="double"\n'
CHECK = '# %% check="double"\ncheck(double)\n'

# What is done to the good master, the line that the problem names (0: the whole file), and words of the message.
FAULTS = {
    "a misspelt begin": (("### BEGIN SOLUTION", "### BEGIN SOLUTON"), "### BEGIN SOLUTON", "is not a marker"),
    "two hashes": (("### BEGIN SOLUTION", "## BEGIN SOLUTION"), "## BEGIN SOLUTION", "is not a marker"),
    "small letters": (("### END SOLUTION", "### end solution"), "### end solution", "is not a marker"),
    "no end": (("    ### END SOLUTION\n", ""), "### BEGIN SOLUTION", "without '### END SOLUTION'"),
    "no region": (
        (
            "    ### BEGIN SOLUTION\n    factor_of_two = 2 * x\n    return factor_of_two\n    ### END SOLUTION\n",
            "    pass\n",
        ),
        "def double",
        "nothing to do",
    ),
    "a region in a plain cell": (
        ('print("double of 21:", double(21))\n', "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"),
        "### BEGIN SOLUTION\nx = 1",
        "outside of a todo or written cell",
    ),
    "a hidden test with a misspelt marker": (
        (CHECK, f"{CHECK}### BEGIN HIDDEN TEST\nassert double(5) == 10\n### END HIDDEN TESTS\n"),
        "### BEGIN HIDDEN TEST\n",
        "is not a marker",
    ),
    "a hidden test by hand": (
        (CHECK, f"{CHECK}### BEGIN HIDDEN TESTS\nassert double(5) == 10\n### END HIDDEN TESTS\n"),
        "### BEGIN HIDDEN TESTS",
        "the build writes them",
    ),
    "the answer runs on after its end": (
        ("    return factor_of_two\n    ### END SOLUTION", "    ### END SOLUTION\n    return factor_of_two"),
        "return factor_of_two",
        "code after the solution",
    ),
    "the same TODO twice": ((CHECK, f"{CHECK}\n{TODO}def double(x):\n    return x\n"), None, "is the id of cell"),
    "the same check twice": ((CHECK, CHECK + CHECK), None, "is the id of cell"),
    "an id that belongs to the set-up cell": (
        (CHECK, f'{CHECK}\n# %% todo="setup"\ndef setup():\n    return 1\n'),
        '# %% todo="setup"',
        "belongs to the set-up cell",
    ),
    "an unknown exercise": ((TODO, '# %% todo="triple"\n'), '# %% todo="triple"', "no exercise 'triple'"),
    "an exercise without a cell": (
        ("""# %% [markdown] written="why-two"\n""", "# %% [markdown]\n"),
        0,
        "'why-two', worth 3 points, has no cell",
    ),
    "a written exercise as code": (
        (CHECK, f'{CHECK}\n# %% todo="why-two"\ndef why():\n    return 1\n'),
        '# %% todo="why-two"',
        "needs a written cell",
    ),
    "a TODO without a check": ((CHECK, ""), TODO, 'no cell check="double"'),
    "a check without a TODO": ((TODO, "# %%\n"), CHECK, 'no cell todo="double"'),
    "a check before its TODO": (("# %% [markdown]\n# Write it.\n", CHECK), CHECK, "stands before its TODO"),
    "a check of something else": (("check(double)", "check(print)"), "check(print)", "write `check(double)`"),
    "a check with an assertion": (("check(double)", "check(double)\nassert True"), "check(double)", "nothing else"),
    "a check that is hidden": (("check(double)", "check(double, hidden=True)"), "check(double", "nothing else"),
    "a check that is printed": (("check(double)", "print(check(double))"), "print(check", "nothing else"),
    "a check under another name": (
        ('check(Slope, "Slope.at")', 'check(Slope, "Slope")'),
        "check(Slope,",
        "write `check(Slope)`",
    ),
    "a check of an attribute": (("check(double)", 'check(Slope.at, "double")'), "check(Slope.at", "nothing else"),
    "a check of a lambda": (("check(double)", 'check(lambda x: 2 * x, "double")'), "check(lambda", "nothing else"),
    "a check of a call": (("check(double)", 'check(make(), "double")'), "check(make", "nothing else"),
    "two checks in a line": (("check(double)", "check(double); check(double)"), "check(double); c", "nothing else"),
    "a check with a remark": (("check(double)", "check(double)  # now"), "check(double)", "nothing else"),
    "no set-up cell": (('# %% tags=["setup"]', "# %%"), 0, "no set-up cell"),
    "two set-up cells": (
        (CHECK, f'{CHECK}\n# %% tags=["setup"]\nimport grading\n'),
        None,
        "a second set-up cell; the first is cell 2",
    ),
    "code before the set-up cell": (
        ('# %% tags=["setup"]', '# %%\nx = 1\n\n# %% tags=["setup"]'),
        '# %% tags=["setup"]',
        "before cell 2",
    ),
    "a set-up cell without the package": (("import grading\n", "import math\n"), "import math", "must import grading"),
    "a cell longer than a screen": (("    factor_of_two", "    y = 1\n" * 40 + "    factor_of_two"), None, "46 lines"),
    "a syntax error": (("factor_of_two = 2 * x", "factor_of_two = 2 *"), "factor_of_two = 2 *", "syntax error"),
    "a stub that is not Python": (
        (
            "    ### BEGIN SOLUTION\n    factor_of_two = 2 * x\n    return factor_of_two\n    ### END SOLUTION\n",
            "    if x:\n    ### BEGIN SOLUTION\n        return 2 * x\n    ### END SOLUTION\n",
        ),
        None,
        "what the learner gets is not Python",
    ),
    "another function": (("def double(x)", "def twice(x)"), "def twice(x)", "defines no function 'double'"),
    "no docstring": (('    """Return 2x."""\n', ""), "def double(x)", "no docstring"),
    "a skipped cell": ((TODO, '# %% todo="double" tags=["skip-execution"]\n'), "# %% todo", "full marks"),
    "a check that may raise": (
        ('# %% check="double"', '# %% check="double" tags=["raises-exception"]'),
        '# %% check="double"',
        "must not raise",
    ),
    "an empty cell": ((CHECK, f"{CHECK}\n# %%\n"), None, "empty"),
    "an answer shown elsewhere": (
        (CHECK, f"{CHECK}\n# %%\nx = 1.0\nfactor_of_two = 2 * x\n# remark\nreturn factor_of_two\n"),
        None,
        "shows the whole answer to double",
    ),
}


def test_a_master_in_good_order_has_no_diagnostics(master: Master, exercises: Exercises) -> None:
    assert [*lint(master, exercises), *answers_given_away(master)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_with_file_and_line(
    fault: str, text: str, parse: Callable[[str], Master], exercises: Exercises
) -> None:
    (before, after), place, words = FAULTS[fault]
    assert before in text
    spoiled = text.replace(before, after, 1)
    master = parse(spoiled)
    found = [*lint(master, exercises), *answers_given_away(master)]
    told = [diagnostic for diagnostic in found if words in diagnostic.message]
    assert told, [str(diagnostic) for diagnostic in found]
    assert str(told[0]).startswith("lessons/02-tiny.py")
    if isinstance(place, str):
        assert told[0].line == spoiled[: spoiled.index(place)].count("\n") + 1
    elif place == 0:
        assert told[0].line == 0


def test_an_exercise_without_points_is_refused(master: Master, with_points: Callable[[float], Exercises]) -> None:
    assert any("give it more than 0" in diagnostic.message for diagnostic in lint(master, with_points(0.0)))
    assert any("give it more than 0" in diagnostic.message for diagnostic in lint(master, with_points(float("nan"))))


def test_a_problem_names_the_cell(text: str, parse: Callable[[str], Master], exercises: Exercises) -> None:
    found = lint(parse(text.replace("check(double)", "check(print)")), exercises)
    assert str(found[0]).startswith("lessons/02-tiny.py:29: cell 5 (check-double): write `check(double)`")


def test_code_after_the_block_of_a_solution_is_welcome(
    text: str, parse: Callable[[str], Master], exercises: Exercises
) -> None:
    more = text.replace(
        "    ### END SOLUTION\n", "    ### END SOLUTION\n    # Nothing more here.\n\n\ndouble_again = double\n", 1
    )
    assert lint(parse(more), exercises) == []


def test_a_method_may_be_named_by_its_class(text: str, parse: Callable[[str], Master], exercises: Exercises) -> None:
    assert lint(parse(text.replace('check(Slope, "Slope.at")', "check(Slope)")), exercises) == []
