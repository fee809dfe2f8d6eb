from __future__ import annotations

from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from grading.build import render
from grading.build.declared import DeclaredExercise
from grading.build.leaks import leaks, secrets
from grading.build.master import Master
from grading.build.nodes import from_text, node, to_text
from grading.build.release import release_text
from grading.build.settings import Settings

Exercises = dict[str, DeclaredExercise]
PATH = "notebooks/02-tiny.ipynb"


@pytest.fixture
def learner(master: Master, exercises: Exercises) -> NotebookNode:
    return render.learner_notebook(master, exercises, Settings())


def number_of(notebook: NotebookNode, identity: str) -> int:
    return [cell.id for cell in notebook.cells].index(identity)


def test_secrets_are_the_lines_of_answers_and_hidden_tests(master: Master) -> None:
    assert [(secret.text, secret.origin) for secret in secrets(master)] == [
        ("factor_of_two = 2 * x", "the answer to double"),
        ("return factor_of_two", "the answer to double"),
        ("check(double, hidden=True)", "the hidden test of double"),
        ("return 2.0 + 0.0 * x", "the answer to Slope.at"),
        ('check(Slope, "Slope.at", hidden=True)', "the hidden test of Slope.at"),
        ("Because the graph is a straight line.", "the answer to why-two"),
    ]


def test_a_line_that_the_master_shows_anyway_is_no_secret(text: str, parse: Callable[[str], Master]) -> None:
    shown = text.replace("# Write it.", "# Write it: `factor_of_two = 2 * x`, then return it.")
    assert "factor_of_two = 2 * x" not in [secret.text for secret in secrets(parse(shown))]


def test_nothing_leaks_from_a_sound_master(master: Master, exercises: Exercises, learner: NotebookNode) -> None:
    assert leaks(master, exercises, PATH, learner) == []
    released = from_text(release_text(master.name, to_text(render.source_notebook(master, exercises))))
    assert leaks(master, exercises, "release", released) == []


@pytest.mark.parametrize(
    ("identity", "leak", "message"),
    [
        ("double", "    factor_of_two = 2 * x", "gives away the answer to double"),
        ("hints-double", "\n\n    factor_of_two = 2 * x", "gives away the answer to double"),
        ("model-why-two", "    factor_of_two = 2 * x", "gives away the answer to double"),
        ("colab-badge", "Because the graph is a straight line.", "gives away the answer to why-two"),
        ("check-double", "check(double, hidden=True)", "gives away the hidden test of double"),
        ("check-double", "### BEGIN HIDDEN TEST", "the marker 'HIDDEN TEST' has come through"),
        ("double", "### begin solution", "the marker 'BEGIN SOLUTION' has come through"),
    ],
)
def test_a_line_that_comes_through_is_found(
    master: Master, exercises: Exercises, learner: NotebookNode, identity: str, leak: str, message: str
) -> None:
    number = number_of(learner, identity)
    learner.cells[number].source += f"\n{leak}"
    found = [diagnostic for diagnostic in leaks(master, exercises, PATH, learner) if diagnostic.message == message]
    assert [(diagnostic.path, diagnostic.cell) for diagnostic in found] == [(PATH, f"cell {number + 1} ({identity})")]


def test_who_learns_alone_gets_a_folded_model_of_a_written_answer_and_a_class_does_not(
    master: Master, exercises: Exercises, learner: NotebookNode
) -> None:
    model = learner.cells[number_of(learner, "model-why-two")].source
    assert model.startswith("<details><summary>A model answer, once you have written yours</summary>")
    assert "Because the graph is a straight line." in model
    released = release_text(master.name, to_text(render.source_notebook(master, exercises)))
    assert "model-why-two" not in released
    assert "Because the graph" not in released


def test_a_model_answer_in_the_notebook_of_a_class_is_found(
    master: Master, exercises: Exercises, learner: NotebookNode
) -> None:
    found = leaks(master, exercises, "release/02-tiny/02-tiny.ipynb", learner)
    assert "gives away the answer to why-two" in str(found[0])


def test_an_answer_in_the_metadata_is_found(master: Master, exercises: Exercises, learner: NotebookNode) -> None:
    learner.cells[0].metadata["note"] = 'check(Slope, "Slope.at", hidden=True)'
    found = leaks(master, exercises, PATH, learner)
    assert found[0].facts[0] == ("line", "in the metadata")


def test_outputs_are_found(master: Master, exercises: Exercises, learner: NotebookNode) -> None:
    number = number_of(learner, "double")
    learner.cells[number].outputs = [node({"output_type": "stream", "name": "stdout", "text": "6.0"})]
    assert "carries outputs" in str(leaks(master, exercises, PATH, learner)[0])


def test_only_the_last_hint_may_give_the_answer_away(master: Master, exercises: Exercises) -> None:
    double = exercises["double"]
    turned = {**exercises, "double": type(double)("double", "02-tiny", 1.5, tuple(reversed(double.hints)))}
    learner = render.learner_notebook(master, turned, Settings())
    assert "gives away the answer to double" in str(leaks(master, turned, PATH, learner)[0])
