"""What holds for every figure: a message, named axes, alternative text, and patience with a missing answer.

The file is long because every figure has its line in one table, where none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from matplotlib import pyplot as plt
from torch import Tensor
from torch.nn.functional import gelu, silu

from grading import figures
from grading.figures.gradient_check import GradientCheck
from grading.figures.style import Picture

KNOTS = torch.tensor([0.0, 1.0, 3.0])
INPUTS = torch.linspace(0, 1, 5)
TRIANGLE = torch.ones(2), torch.tensor([0.0, -1.0]), torch.tensor([2.0, -3.0]), torch.tensor(0.5)
CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
EQUAL = torch.tensor([1, 0, 0, 1])

Draw = Callable[[Callable[..., Tensor]], object]


def step(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def unwritten(x: Tensor) -> Tensor:
    raise NotImplementedError


def chains(derivative: Callable[[Tensor], Tensor], depth: int) -> Tensor:
    return derivative(torch.rand(depth, 9) - 0.3).cumprod(dim=0) + 1e-9


def training_run(relu: Callable[..., Tensor]) -> tuple[Tensor, Tensor]:
    return torch.stack((relu(INPUTS), INPUTS), dim=1), INPUTS + 0.1


# Each figure, as a function of one answer of the learner's, relu; None where it depends on no answer.
FIGURES: dict[str, Draw] = {
    "accuracy_by_size": lambda relu: figures.accuracy_by_size(
        lambda: ([1, 2, 3, 4, 5], {"MLP": relu(INPUTS).tolist()}), "pixels", 0.1
    ),
    "learning_rates": lambda relu: figures.learning_rates(lambda: {0.1: relu(INPUTS).tolist()}, 2.3, 10),
    "matrix_heat_maps": lambda relu: figures.matrix_heat_maps(
        lambda: {"W1": [relu(CORNERS), CORNERS], "b1": [relu(INPUTS), INPUTS]}, {"before": 0, "after": 1}, "weight"
    ),
    "moved_weights": lambda relu: figures.moved_weights(lambda: {"W1": [relu(CORNERS), CORNERS + 1]}, 0.5),
    "seconds_per_epoch": lambda relu: figures.seconds_per_epoch(
        {"a": lambda: float(relu(INPUTS).sum()), "b": lambda: 2.0}
    ),
    "overfitting": lambda relu: figures.overfitting(
        lambda: dict.fromkeys(("train_loss", "val_loss", "val_acc"), relu(INPUTS).tolist())
    ),
    "with_and_without": lambda relu: figures.with_and_without(
        lambda: {"MLP": {"plain": relu(INPUTS).tolist(), "shuffled": [0.5]}}, "What it costs"
    ),
    "autograd_graph": lambda relu: figures.autograd_graph(
        lambda: relu(torch.ones(2, requires_grad=True)).sum(), {}, "A graph"
    ),
    "compare_methods": lambda relu: figures.compare_methods(
        lambda: {"plain": {"train_loss": relu(CORNERS) + 0.1, "val_acc": relu(CORNERS)}}, "Little helps"
    ),
    "curve_panels": lambda relu: figures.curve_panels(
        lambda: (
            "It falls",
            [
                figures.Panel(
                    "Loss", "step", "loss", {"a": (INPUTS, relu(INPUTS)), "b": (INPUTS, INPUTS)}, marks={"here": 0.5}
                )
            ],
        )
    ),
    "methods_beside_a_baseline": lambda relu: figures.methods_beside_a_baseline(
        lambda: {"plain": relu(CORNERS), "better": relu(CORNERS) + 0.1}, "plain", lambda results: "It helps", "accuracy"
    ),
    "confusion_matrix": lambda relu: figures.confusion_matrix(lambda: relu(EQUAL), EQUAL, ["no", "yes"], "Confused"),
    "epoch_curves": lambda relu: figures.epoch_curves(
        {"one": lambda: dict.fromkeys(("train_loss", "val_loss", "train_acc", "val_acc"), relu(INPUTS).tolist())}, "Up"
    ),
    "initial_loss": lambda relu: figures.initial_loss(
        lambda sigma: float(relu(torch.ones(()))) + sigma, [0.1, 1.0], classes=3, chosen=0.1
    ),
    "parameter_counts": lambda relu: figures.parameter_counts(
        lambda sizes: int(relu(torch.tensor(sizes)).sum()), [[4, 3], [4, 3, 2]]
    ),
    "sanity_checks": lambda relu: figures.sanity_checks({"a": lambda: relu(INPUTS) + 1}, classes=10, title="Sane"),
    "unit_weights": lambda relu: figures.unit_weights(lambda: {"before": relu(torch.randn(6, 4))}, (2, 3), count=3),
    "value_heat_maps": lambda relu: figures.value_heat_maps(
        lambda: {"W1": [relu(CORNERS), CORNERS], "W2": [CORNERS, CORNERS]}, [0, 1], "Wider"
    ),
    "value_histograms": lambda relu: figures.value_histograms(
        lambda: {"W1": [relu(CORNERS), CORNERS], "W2": [CORNERS, CORNERS]}, {"before": 0, "after": -1}, "Wider"
    ),
    "worst_mistakes": lambda relu: figures.worst_mistakes(
        lambda: (relu(INPUTS), ["bag"] * 5), torch.rand(5, 4, 4), "Bad", columns=3, rows=1
    ),
    "clipped_training": lambda relu: figures.clipped_training({"one": lambda: (relu(INPUTS), INPUTS + 0.1)}, 1.0, 2.3),
    "depth_sweep": lambda relu: figures.depth_sweep(
        lambda activation, start: (relu(INPUTS).tolist(), INPUTS.tolist()), ["ReLU", "tanh"], ["small", "large"]
    ),
    "derivatives_agree": lambda relu: figures.derivatives_agree(
        {"ReLU": (relu, step), "step": (step, step)}, lambda function, x: step(x) + 0 * function(x)
    ),
    "descent_at_a_cliff": lambda relu: figures.descent_at_a_cliff(
        lambda w: w.square().sum(dim=-1), (INPUTS, INPUTS), {"one": lambda: relu(CORNERS)}, "Down"
    ),
    "dying_unit": lambda relu: figures.dying_unit(INPUTS, INPUTS, {"one": partial(training_run, relu)}),
    "error_against_width": lambda relu: figures.error_against_width(
        lambda function, width: float(function(torch.ones(()))) / width, {"smooth": (relu, -1.0)}, [2, 4, 8]
    ),
    "folded_plane": lambda relu: figures.folded_plane(
        lambda: (relu(torch.eye(2)), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)), CORNERS, EQUAL
    ),
    "function_and_derivative": lambda relu: figures.function_and_derivative({"ReLU": (relu, step)}, "Flat", flat=0.1),
    "functions_of_two_bits": lambda relu: figures.functions_of_two_bits(
        lambda y: (float(relu(y.float()).mean()), 45.0, -0.5), CORNERS
    ),
    "growing_network": lambda relu: figures.growing_network(torch.sin, lambda width: relu, [1, 2, 3], (0.0, 1.0)),
    "gradient_check": lambda relu: figures.gradient_check(
        lambda: GradientCheck(INPUTS + 0.1, {"central": relu(INPUTS) + 0.1}, INPUTS, INPUTS, INPUTS + 0.01)
    ),
    "hinges": lambda relu: figures.hinges(relu, [(1.0, 0.0), (-2.0, 1.0)]),
    "layer_histograms": lambda relu: figures.layer_histograms({"one": lambda: [relu(INPUTS)] * 3}, [1, 3], "Narrow"),
    "length_maps": lambda relu: figures.length_maps(
        lambda activation, gain, q: gain * relu(q), ["ReLU", "tanh"], {"g = 1": 1.0, "g = 2": 2.0}
    ),
    "map_of_lines": lambda relu: figures.map_of_lines(
        lambda y: relu(y.float()).reshape(2, 2), INPUTS[:2], INPUTS[:2], CORNERS, {"equal": EQUAL}, {"A": (0.1, 0.1)}
    ),
    "saturated_start": lambda relu: figures.saturated_start(lambda start: relu(INPUTS - start), [0.0, 0.5]),
    "shortcut_misused": lambda relu: figures.shortcut_misused(relu, step),
    "spread_by_layer": lambda relu: figures.spread_by_layer({"one": lambda: {"all": relu(INPUTS).tolist()}}, "Flat"),
    "stacked_affine_layers": lambda relu: figures.stacked_affine_layers(
        torch.eye(2), torch.ones(2), torch.eye(2), torch.ones(2), lambda W1, b1, W2, b2: (relu(W1), b1 + b2)
    ),
    "surface_as_it_learns": lambda relu: figures.surface_as_it_learns(
        lambda: (lambda step, points: relu(points).sum(dim=1) * step, INPUTS + 1), [0, 1, 4], CORNERS, EQUAL
    ),
    "training_runs": lambda relu: figures.training_runs(
        {"a": lambda: relu(INPUTS) + 1, "b": lambda: INPUTS + 1}, solved=1.5
    ),
    "penalised_fits": lambda relu: figures.penalised_fits(
        lambda X, params: (relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"], {}),
        lambda O, Y, params, weight_decay: (O - Y).square().mean() + weight_decay * params["W1"].square().sum(),
        [0.0, 0.1],
        steps=3,
    ),
    "worked_example": lambda relu: figures.worked_example(
        lambda: ({"X": torch.eye(2), "Z": relu(CORNERS) + 1}, {"Z": torch.ones(4, 2), "H": torch.ones(4, 2)})
    ),
    "sum_of_hinges": lambda relu: figures.sum_of_hinges(KNOTS, KNOTS, lambda knots, values: TRIANGLE, relu),
    "training_by_initialization": lambda relu: figures.training_by_initialization(
        lambda activation, start: ("lr 1", relu(INPUTS)), ["ReLU"], ["small"], 2.3, "It learns", average=2
    ),
    "vanishing": lambda relu: figures.vanishing(chains, {"ReLU": relu}, depth=6),
    "weight_samples": lambda relu: figures.weight_samples(
        (3, 4), {"uniform": (lambda d, h: relu(torch.rand(d, h)), 0.3), "normal": (torch.randn, 1.0)}, "Weights"
    ),
}
FIGURES_OF_DATA: dict[str, Callable[[], object]] = {
    "class_examples": lambda: figures.class_examples(torch.rand(4, 5, 5), EQUAL, ["no", "yes"], count=2),
    "computational_graph": lambda: figures.computational_graph(
        dict.fromkeys(("X", "W1", "Z", "W2", "O", "L", "s", "J"), "()"), {"O": "grad_O", "L": "1"}
    ),
    "decision_surface": lambda: figures.decision_surface(
        lambda X: X.prod(dim=1), CORNERS, torch.tensor([0, 0, 0, 1]), "And"
    ),
    "jacobian_products": lambda: figures.jacobian_products(
        lambda scale: torch.full((5, 3), scale), [0.5, 2.0], lambda: torch.rand(6, 4).sort(descending=True).values + 0.1
    ),
    "labelled_points": lambda: figures.labelled_points(CORNERS, {"equal": EQUAL}, {"A": (45.0, -0.5)}, "A line"),
    "learning_curves": lambda: figures.learning_curves({"a": lambda: INPUTS + 1}, "Loss falls"),
    "memory_of_training": lambda: figures.memory_of_training(4, 8, 2, [4, 8], [1, 2]),
    "network_diagram": lambda: figures.network_diagram([784, 256, 10]),
    "scalar_graph": lambda: figures.scalar_graph(
        {"p": (0, 0, 2.0), "r": (0, 1, -1.0), "u = p r": (1, 0.5, -2.0)},
        {("p", "u = p r"): -1.0, ("r", "u = p r"): 2.0},
        "A product",
        backward=True,
    ),
    "linear_pieces": lambda: figures.linear_pieces(
        lambda width, depth: [width * depth, width], lambda depth: 2**depth, units=[4, 8], depths=[1, 2]
    ),
    "sizes_by_layer": lambda: figures.sizes_by_layer([1.0, 0.5], [1.1, 0.4], "tanh"),
    "smooth_units": lambda: figures.smooth_units({"SiLU": (torch.relu, silu), "GELU": (unwritten, gelu)}),
    "trial_curves": lambda: figures.trial_curves({"train_loss": [1.0], "val_acc": [0.5]}, (0.4, 0.9), 100),
    "unit_paths": lambda: figures.unit_paths({"one": lambda: (torch.rand(5, 2, 4), INPUTS)}, (0.1, "the best")),
}
WITHOUT_AXES = {
    "autograd_graph",
    "class_examples",
    "computational_graph",
    "matrix_heat_maps",
    "network_diagram",
    "scalar_graph",
    "unit_weights",
    "worked_example",
    "worst_mistakes",
}


def drawn(name: str) -> object:
    return FIGURES[name](torch.relu) if name in FIGURES else FIGURES_OF_DATA[name]()


# What the package exports and is not a figure: the values that a figure shows.
RESULTS = {"GradientCheck", "Panel"}


def test_every_public_figure_is_in_this_table() -> None:
    assert sorted(FIGURES | FIGURES_OF_DATA) == sorted(set(figures.__all__) - RESULTS)


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


@pytest.mark.parametrize("name", sorted(FIGURES.keys() | FIGURES_OF_DATA.keys()))
def test_while_a_notebook_is_graded_no_figure_is_drawn_and_no_answer_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    def relu(X: Tensor) -> Tensor:
        raise AssertionError("a figure called it")

    stands_for_it = FIGURES[name](relu) if name in FIGURES else FIGURES_OF_DATA[name]()
    assert repr(stands_for_it) == "A figure: not drawn while grading, it earns no points."


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
    assert figures.learning_curves({"loss": lambda: losses}, "Loss").png()


def test_in_a_notebook_a_figure_is_a_png_with_its_size_and_its_titles_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict[str, str], dict[str, dict[str, object]]]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata: shown.append((data, metadata)))
    figures.hinges(torch.relu, [(1.0, 0.0)])._ipython_display_()
    [(data, metadata)] = shown
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert data["text/plain"].startswith("A ReLU unit is a hinge")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert metadata["image/png"]["width"] == round(7.2 * 96)
