from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from grading.build import render
from grading.build.diagnostic import BuildError
from grading.build.execute import execute
from grading.build.master import Master
from grading.build.nodes import node, to_text
from grading.build.outputs import normalise, solution_diagnostics
from grading.cells import VERDICT_MIME

SETUP = '# %% tags=["setup"]\nimport grading\n\n'


@pytest.fixture
def run(parse: Callable[[str], Master]) -> Callable[[str], NotebookNode]:
    """Executes cells, the set-up cell before them."""
    return lambda cells: execute(render.solution_notebook(parse(SETUP + cells)), "solutions/02-tiny.ipynb")


def stream(name: str, text: str) -> dict[str, str]:
    return {"output_type": "stream", "name": name, "text": text}


def solved(outputs: list[dict[str, object]], tags: tuple[str, ...] = (), count: int | None = 1) -> NotebookNode:
    cell = {"cell_type": "code", "id": "a", "source": "x", "execution_count": count, "outputs": outputs}
    return node(
        {"cells": [{**cell, "metadata": {"tags": list(tags)}}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def test_a_solution_runs_in_a_real_kernel_and_says_how_far_it_is(master: Master) -> None:
    told: list[tuple[int, int]] = []
    done = execute(render.solution_notebook(master), "a", lambda *step: told.append(step))
    printed = [cell.outputs[0].text for cell in done.cells if "double of 21" in cell.source]
    assert printed == ["double of 21: 42\n", "double of 21: 42\n"]
    assert solution_diagnostics(done, "a") == []
    assert told == [(number, 7) for number in range(1, 8)]
    assert done.metadata == render.solution_notebook(master).metadata


def test_two_runs_give_the_same_bytes_pictures_included(run: Callable[[str], NotebookNode]) -> None:
    cells = """\
# %%
import matplotlib.pyplot as plt
import matplotlib_inline.backend_inline
matplotlib_inline.backend_inline.set_matplotlib_formats("svg", "png")
plt.plot([1, 2], [3, 4], clip_on=True);

# %%
import warnings
warnings.simplefilter("always")
print(object(), hash("mlp"), flush=True)
print({str(i) for i in range(20)})
"""
    assert to_text(run(cells)) == to_text(run(cells))


def test_the_machine_does_not_show(
    run: Callable[[str], NotebookNode], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "random.py").write_text("raise SystemExit('a file of the learner')")
    (tmp_path / "startup").mkdir()
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    done = run(
        "# %%\nimport os, random, grading, numpy\nprint(os.getcwd(), os.listdir())\n"
        "print(grading.__file__)\nprint(numpy.__file__)\nprint(repr(object()))\n"
        "print(os.environ['CUDA_VISIBLE_DEVICES'] == '')\n"
    )
    text = "".join(output.text for output in done.cells[1].outputs)
    assert text == " []\ngrading/__init__.py\nnumpy/__init__.py\n<object object at 0x0>\nTrue\n"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("# %%\n1 / 0\n", "solutions/02-tiny.ipynb: cell 2 (%s) raised ZeroDivisionError: division by zero"),
        ("# %%\nimport os\nos._exit(3)\n", "solutions/02-tiny.ipynb: the kernel died in cell 2 (%s)"),
    ],
)
def test_a_cell_that_fails_is_named(
    cell: str, message: str, parse: Callable[[str], Master], run: Callable[[str], NotebookNode]
) -> None:
    identity = render.solution_notebook(parse(SETUP + cell)).cells[1].id
    with pytest.raises(BuildError) as error:
        run(cell)
    assert str(error.value) == message % identity


def test_an_error_that_is_meant_does_not_stop_the_notebook(run: Callable[[str], NotebookNode]) -> None:
    done = run('# %% tags=["raises-exception"]\n1 / 0\n\n# %%\nprint(2)\n')
    assert done.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert done.cells[2].outputs[0].text == "2\n"
    assert solution_diagnostics(done, "a") == []


@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        (solved([], count=None), "was not executed"),
        (solved([], count=7), "execution count 7 where 1 comes"),
        (solved([{"output_type": "error", "ename": "E", "evalue": "why", "traceback": []}]), "raised E: why"),
        (solved([dict(stream("stderr", "\n warning: old\nmore"))]), "wrote to stderr: warning: old"),
        (
            solved(
                [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {VERDICT_MIME: {"exercise": "relu", "outcome": "failed"}},
                    }
                ]
            ),
            "the model answer to relu is not right: failed",
        ),
    ],
)
def test_a_solution_that_did_not_work_is_refused(notebook: NotebookNode, words: str) -> None:
    found = solution_diagnostics(notebook, "solutions/a.ipynb")
    assert [str(diagnostic) for diagnostic in found] == [f"solutions/a.ipynb: cell 1 (a): {found[0].message}"]
    assert words in found[0].message


SAMPLE_LINE = "Fashion-MNIST: 5,000 training and 1,000 test images, bundled sample of 6,000 images\n"
ALL_LINE = "Fashion-MNIST: 60,000 training and 10,000 test images, system package\n"


@pytest.mark.parametrize(
    ("source", "printed", "refused"),
    [
        ("print(fashion_mnist())", SAMPLE_LINE, True),
        ("images = fashion_mnist()\nprint(images)", SAMPLE_LINE, True),
        ("print(fashion_mnist())", ALL_LINE, False),
        ('print(fashion_mnist(source="sample"))', SAMPLE_LINE, False),  # a lesson that is about few images
        ("print(fashion_mnist())", "", False),
    ],
)
def test_a_solution_for_all_images_is_not_written_with_the_bundled_ones(
    source: str, printed: str, refused: bool
) -> None:
    notebook = solved([dict(stream("stdout", printed))])
    notebook.cells[0].source = source
    found = [str(diagnostic) for diagnostic in solution_diagnostics(notebook, "solutions/a.ipynb")]
    assert found == refused * [
        "solutions/a.ipynb: shows the bundled sample of 6,000 images; "
        "run `python -m grading data download`, then make build with all 70,000"
    ]


def test_a_pass_and_words_on_stdout_are_fine() -> None:
    passed = {"output_type": "display_data", "metadata": {}, "data": {VERDICT_MIME: {"outcome": "passed"}}}
    assert solution_diagnostics(solved([dict(stream("stdout", "Error: no")), passed]), "a") == []


def test_what_differs_between_runs_is_taken_out_of_text_only() -> None:
    home = Path("/home/of-someone")
    png = "/home/of-someone/aGVsbG8="
    notebook = solved(
        [
            dict(stream("stdout", "in /home/of-someone/x and ")),
            dict(stream("stdout", "/tmp/ipykernel_12/34.py:1: <f at 0x7f00aa>\n")),
            {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.jupyter.widget-view+json": {}}},
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {
                    "image/png": png,
                    "text/html": f'<img alt="/home/of-someone/x" src="data:image/png;base64,{png}"> at 0x7f00aa',
                    "image/svg+xml": "<dc:date>2026-11-01</dc:date>",
                    "text/plain": f"{sys.prefix}/lib/python3/site-packages/torch/x.py",
                },
            },
        ]
    )
    notebook.metadata["widgets"] = {"state": {}}
    notebook.cells[0].metadata["execution"] = {"iopub.status.busy": "2026-11-01"}
    clean = normalise(notebook, [home])
    text, picture = clean.cells[0].outputs
    assert text.text == "in x and cell:1: <f at 0x0>\n"
    assert picture.data == {
        "image/png": png,
        "text/html": f'<img alt="x" src="data:image/png;base64,{png}"> at 0x0',
        "image/svg+xml": "<dc:date></dc:date>",
        "text/plain": "torch/x.py",
    }
    assert clean.metadata == {}
    assert clean.cells[0].metadata == {"tags": []}
