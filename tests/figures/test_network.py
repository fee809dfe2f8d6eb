"""The diagram of a network, from the sizes of its layers."""

from __future__ import annotations

import pytest
from matplotlib.patches import Circle

from grading.figures import network_diagram


@pytest.mark.parametrize(
    ("layer_sizes", "units", "ellipses"),
    [
        ([2, 2, 1], 5, 0),
        ([10, 10], 20, 0),
        ([11, 1], 7, 1),
        ([784, 256, 10], 6 + 6 + 10, 2),
        ([1, 1], 2, 0),
    ],
)
def test_large_layers_show_their_ends_and_an_ellipsis(layer_sizes: list[int], units: int, ellipses: int) -> None:
    (axes,) = network_diagram(layer_sizes).axes
    assert sum(isinstance(patch, Circle) for patch in axes.patches) == units
    assert sum(text.get_text() == "⋮" for text in axes.texts) == ellipses


def test_layers_and_parameters_carry_the_letters_and_shapes_of_the_text() -> None:
    (axes,) = network_diagram([784, 256, 10]).axes
    texts = {text.get_text() for text in axes.texts}
    assert {"X (n, 784)", "H (n, 256)", "O (n, 10)", "W1 (784, 256)\nb1 (256,)", "W2 (256, 10)\nb2 (10,)"} <= texts


def test_several_hidden_layers_are_numbered() -> None:
    (axes,) = network_diagram([2, 3, 4, 1]).axes
    assert {"H1 (n, 3)", "H2 (n, 4)"} <= {text.get_text() for text in axes.texts}


@pytest.mark.parametrize("layer_sizes", [[784, 256, 10], [2, 2, 1], [4, 5, 6, 7, 3]])
def test_no_two_texts_overlap(layer_sizes: list[int]) -> None:
    picture = network_diagram(layer_sizes)
    picture.draw_without_rendering()
    boxes = [text.get_window_extent() for text in picture.axes[0].texts]
    assert not any(box.overlaps(other) for place, box in enumerate(boxes) for other in boxes[:place])
