from __future__ import annotations

import json
from collections.abc import Callable

import nbformat
import pytest

from grading.build import render
from grading.build.declared import DeclaredExercise
from grading.build.diagnostic import BuildError
from grading.build.master import Master
from grading.build.nodes import from_text, to_text
from grading.build.settings import Settings

Exercises = dict[str, DeclaredExercise]


@pytest.fixture
def learner(master: Master, exercises: Exercises) -> nbformat.NotebookNode:
    return render.learner_notebook(master, exercises, Settings())


@pytest.fixture
def source(master: Master, exercises: Exercises) -> nbformat.NotebookNode:
    return render.source_notebook(master, exercises)


def cell(notebook: nbformat.NotebookNode, identity: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == identity)


def test_every_notebook_is_valid_and_has_unique_ids(
    master: Master, learner: nbformat.NotebookNode, source: nbformat.NotebookNode
) -> None:
    for notebook in (learner, source, render.solution_notebook(master)):
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        assert to_text(from_text(to_text(notebook))) == to_text(notebook)


def test_a_file_is_indented_by_one_sorted_and_ends_with_a_line_feed(learner: nbformat.NotebookNode) -> None:
    text = to_text(learner)
    content = json.loads(text)
    assert text == json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": ")) + "\n"


def test_no_version_of_python_is_named(learner: nbformat.NotebookNode) -> None:
    assert learner.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_ids_stay_when_other_cells_come_and_go(text: str, parse: Callable[[str], Master]) -> None:
    before = {cell.source: cell.id for cell in render.solution_notebook(parse(text)).cells}
    more = text.replace("# %% [markdown]\n# Write it.\n", "# %% [markdown]\n# New.\n\n# %% [markdown]\n# Write it.\n")
    after = {cell.source: cell.id for cell in render.solution_notebook(parse(more)).cells}
    assert after.items() > before.items()


def test_equal_cells_are_told_apart_by_their_number(master: Master) -> None:
    twins = [cell.id for cell in render.solution_notebook(master).cells if "double of 21" in cell.source]
    assert twins[1] == f"{twins[0]}-2"


def test_the_learner_gets_stubs_and_checks_and_no_nbgrader(learner: nbformat.NotebookNode) -> None:
    stub = 'def double(x):\n    """Return 2x."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    assert cell(learner, "double").source == stub
    assert cell(learner, "check-double").source == "check(double)"
    assert cell(learner, "why-two").source.endswith("\n\nYOUR ANSWER HERE")
    assert "nbgrader" not in to_text(learner)


def test_hints_are_folded_behind_their_todo(learner: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in learner.cells]
    assert ids[ids.index("double") + 1] == "hints-double"
    assert "hints-Slope-at" not in ids
    assert cell(learner, "hints-double").source == (
        "<details><summary>Hint 1</summary>\n\nThink of *two*.\n\n</details>\n\n"
        "<details><summary>Hint 2</summary>\n\nWrite `factor_of_two = 2 * x`.\n\n</details>"
    )


def test_the_first_cell_opens_colab_and_the_set_up_cell_installs(master: Master, exercises: Exercises) -> None:
    settings = Settings(repository="someone/somewhere", branch="autumn")
    learner = render.learner_notebook(master, exercises, settings)
    first = "https://colab.research.google.com/github/someone/somewhere/blob/autumn/notebooks/02-tiny.ipynb"
    assert f"]({first})" in learner.cells[0].source
    code = [cell for cell in learner.cells if cell.cell_type == "code"]
    install = (
        "    %pip install -q --no-deps d2l==1.0.3 torchinfo==1.8.0 torchviz==0.0.3"
        " git+https://github.com/someone/somewhere.git@autumn\n"
    )
    assert install in code[0].source
    assert code[0].source.index('if find_spec("grading") is None:') < code[0].source.index(install)
    assert code[0].source.index(install) < code[0].source.index("import grading\n")


def test_who_works_in_a_notebook_has_as_many_threads_as_processors_are_free(
    master: Master, exercises: Exercises
) -> None:
    last = 'print("threads, one for each processor that is free:", use_free_processors())'
    for notebook in (render.learner_notebook(master, exercises, Settings()), render.source_notebook(master, exercises)):
        assert cell(notebook, "setup").source.splitlines()[-1] == last
    assert "use_free_processors" not in cell(render.solution_notebook(master), "setup").source


def test_the_package_that_colab_installs_is_a_setting(master: Master, exercises: Exercises) -> None:
    settings = Settings(package="http://127.0.0.1:8000/mlp_course-0.1.0-py3-none-any.whl")
    learner = render.learner_notebook(master, exercises, settings)
    assert "torchviz==0.0.3 http://127.0.0.1:8000/mlp_course-0.1.0-py3-none-any.whl\n" in cell(learner, "setup").source


def test_the_set_up_cell_does_nothing_where_the_package_is(learner: nbformat.NotebookNode) -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    install = cell(learner, "setup").source.split("import grading\n")[0]
    called: list[str] = []
    # What `%pip` becomes asks for this first.
    exec(TransformerManager().transform_cell(install), {"get_ipython": lambda: called.append("pip")})
    assert called == []


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ("setup", {"grade": False, "grade_id": "setup", "locked": True, "solution": False}),
        ("double", {"grade": False, "grade_id": "double", "locked": False, "solution": True}),
        ("check-double", {"grade": True, "grade_id": "check-double", "locked": True, "solution": False, "points": 1.5}),
        (
            "check-Slope-at",
            {"grade": True, "grade_id": "check-Slope-at", "locked": True, "solution": False, "points": 2},
        ),
        ("why-two", {"grade": True, "grade_id": "why-two", "locked": False, "solution": True, "points": 3}),
    ],
)
def test_the_instructor_version_tells_nbgrader_what_a_cell_is(
    source: nbformat.NotebookNode, identity: str, expected: dict[str, object]
) -> None:
    assert cell(source, identity).metadata["nbgrader"] == {**expected, "schema_version": 3, "task": False}


def test_the_instructor_version_has_answers_and_hidden_tests(source: nbformat.NotebookNode) -> None:
    assert "### BEGIN SOLUTION\n    factor_of_two = 2 * x" in cell(source, "double").source
    assert cell(source, "check-double").source == (
        "check(double)\n### BEGIN HIDDEN TESTS\ncheck(double, hidden=True)\n### END HIDDEN TESTS"
    )
    assert '\ncheck(Slope, "Slope.at", hidden=True)\n' in cell(source, "check-Slope-at").source
    assert "hints-double" not in [cell.id for cell in source.cells]


def test_solutions_show_answers_without_markers(master: Master) -> None:
    solution = to_text(render.solution_notebook(master))
    assert "factor_of_two = 2 * x" in solution
    assert "Because the graph is a straight line." in solution
    assert "SOLUTION" not in solution
    assert "HIDDEN" not in solution


@pytest.mark.parametrize(
    "wrong",
    [{"repository": "nobody"}, {"repository": "https://github.com/a/b"}, {"branch": "a b"}, {"package": 'x"; rm -r y'}],
)
def test_a_setting_that_would_break_the_notebook_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BuildError, match=next(iter(wrong))):
        Settings(**wrong)
