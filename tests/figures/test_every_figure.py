"""What holds for every figure: a message, named axes, alternative text, and patience with a missing answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from matplotlib import pyplot as plt
from torch import Tensor

from grading import figures
from grading.figures.style import Picture

KNOTS = torch.tensor([0.0, 1.0, 3.0])
INPUTS = torch.linspace(0, 1, 5)
TRIANGLE = torch.ones(2), torch.tensor([0.0, -1.0]), torch.tensor([2.0, -3.0]), torch.tensor(0.5)
CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

Draw = Callable[[Callable[..., Tensor]], object]


def step(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def chains(derivative: Callable[[Tensor], Tensor], depth: int) -> Tensor:
    return derivative(torch.rand(depth, 9) - 0.3).cumprod(dim=0) + 1e-9


def training_run(relu: Callable[..., Tensor]) -> tuple[Tensor, Tensor]:
    return torch.stack((relu(INPUTS), INPUTS), dim=1), INPUTS + 0.1


# Each figure, as a function of one answer of the learner's, relu; None where it depends on no answer.
FIGURES: dict[str, Draw] = {
    "autograd_graph": lambda relu: figures.autograd_graph(
        lambda: relu(torch.ones(2, requires_grad=True)).sum(), {}, "A graph"
    ),
    "derivatives_agree": lambda relu: figures.derivatives_agree(
        {"ReLU": (relu, step), "step": (step, step)}, lambda function, x: step(x) + 0 * function(x)
    ),
    "dying_unit": lambda relu: figures.dying_unit(INPUTS, INPUTS, {"one": partial(training_run, relu)}),
    "error_against_width": lambda relu: figures.error_against_width(
        lambda function, width: float(function(torch.ones(()))) / width, {"smooth": (relu, -1.0)}, [2, 4, 8]
    ),
    "function_and_derivative": lambda relu: figures.function_and_derivative({"ReLU": (relu, step)}, "Flat", flat=0.1),
    "growing_network": lambda relu: figures.growing_network(torch.sin, lambda width: relu, [1, 2, 3], (0.0, 1.0)),
    "hinges": lambda relu: figures.hinges(relu, [(1.0, 0.0), (-2.0, 1.0)]),
    "saturated_start": lambda relu: figures.saturated_start(lambda start: relu(INPUTS - start), [0.0, 0.5]),
    "shortcut_misused": lambda relu: figures.shortcut_misused(relu, step),
    "sum_of_hinges": lambda relu: figures.sum_of_hinges(KNOTS, KNOTS, lambda knots, values: TRIANGLE, relu),
    "vanishing": lambda relu: figures.vanishing(chains, {"ReLU": relu}, depth=6),
}
FIGURES_OF_DATA: dict[str, Callable[[], object]] = {
    "decision_surface": lambda: figures.decision_surface(
        lambda X: X.prod(dim=1), CORNERS, torch.tensor([0, 0, 0, 1]), "And"
    ),
    "learning_curves": lambda: figures.learning_curves({"a": INPUTS + 1}, "Loss falls"),
    "network_diagram": lambda: figures.network_diagram([784, 256, 10]),
}
WITHOUT_AXES = {"autograd_graph", "network_diagram"}


def drawn(name: str) -> object:
    return FIGURES[name](torch.relu) if name in FIGURES else FIGURES_OF_DATA[name]()


def test_every_public_figure_is_in_this_table() -> None:
    assert sorted(FIGURES | FIGURES_OF_DATA) == sorted(figures.__all__)


@pytest.mark.parametrize("name", sorted(FIGURES.keys() | FIGURES_OF_DATA.keys() - {"autograd_graph"}))
def test_every_figure_has_a_message_as_its_title(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    assert picture.get_suptitle()


@pytest.mark.parametrize("name", sorted((FIGURES.keys() | FIGURES_OF_DATA.keys()) - WITHOUT_AXES))
def test_every_axis_is_named_unless_the_panel_beside_it_names_it(name: str) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    panels = [axes for axes in picture.axes if axes.get_label() != "<colorbar>"]
    assert panels
    for axes in panels:
        place = axes.get_subplotspec()
        assert axes.get_xlabel() or (place and not place.is_last_row())
        assert axes.get_ylabel() or (place and not place.is_first_col())


@pytest.mark.parametrize("name", sorted(FIGURES.keys() | FIGURES_OF_DATA.keys()))
def test_every_figure_renders_to_a_png_of_twice_its_size_on_screen(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    png = picture.png()
    assert png.startswith(b"\x89PNG")
    width = int.from_bytes(png[16:20], "big")
    assert width == pytest.approx(2 * 96 * picture.get_size_inches()[0], abs=1)
    assert width <= 2 * 96 * 10  # wider than the column of a notebook


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_of_an_unwritten_answer_is_a_card_that_names_it(name: str) -> None:
    def relu(X: Tensor) -> Tensor:
        raise NotImplementedError

    picture = FIGURES[name](relu)
    assert isinstance(picture, Picture)
    assert "your relu" in picture.alternative_text()


def test_an_error_that_is_not_the_stub_of_a_todo_is_not_hidden() -> None:
    def unsupported(X: Tensor) -> Tensor:
        raise NotImplementedError("no such kernel for this dtype")

    with pytest.raises(NotImplementedError, match="no such kernel"):
        figures.hinges(unsupported, [(1.0, 0.0)])


def test_figures_stay_outside_pyplot_so_that_no_run_leaves_one_open() -> None:
    before = plt.get_fignums()
    figures.hinges(torch.relu, [(1.0, 0.0)])
    assert plt.get_fignums() == before


def test_figures_do_not_change_the_settings_of_matplotlib() -> None:
    before = dict(plt.rcParams)
    figures.hinges(torch.relu, [(1.0, 0.0)]).png()
    assert dict(plt.rcParams) == before


def test_figures_take_tensors_that_autograd_tracks() -> None:
    losses = (torch.rand(5) + 0.1).requires_grad_()
    assert figures.learning_curves({"loss": losses}, "Loss").png()


def test_in_a_notebook_a_figure_is_a_png_with_its_size_and_its_titles_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict[str, str], dict[str, dict[str, object]]]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata: shown.append((data, metadata)))
    figures.hinges(torch.relu, [(1.0, 0.0)])._ipython_display_()
    [(data, metadata)] = shown
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"].startswith("A ReLU unit is a hinge")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert metadata["image/png"]["width"] == round(7.2 * 96)
