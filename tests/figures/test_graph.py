"""The graph of autograd, drawn by Graphviz where it is there and by matplotlib where it is not."""

from __future__ import annotations

import re
import shutil
import sys

import pytest
import torch
from torch import Tensor

from grading.figures import autograd_graph
from grading.figures.graph import PARAMETER, RESULT, AutogradGraph, GraphvizPicture, read_graph
from grading.figures.style import Picture

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")


def unit() -> tuple[Tensor, dict[str, Tensor]]:
    w = torch.ones(3, requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    return torch.sigmoid(torch.ones(4, 3) @ w + b).mean(), {"w": w, "b": b}


def labelled_edges(graph: AutogradGraph) -> set[tuple[str, str]]:
    return {(graph.nodes[start].label, graph.nodes[end].label) for start, end in graph.edges}


def test_the_graph_leads_from_the_named_parameters_to_the_result() -> None:
    graph = read_graph(*unit())
    assert labelled_edges(graph) == {
        ("w (3)", "AccumulateGrad"),
        ("b ()", "AccumulateGrad"),
        ("AccumulateGrad", "MvBackward0"),
        ("AccumulateGrad", "AddBackward0"),
        ("MvBackward0", "AddBackward0"),
        ("AddBackward0", "SigmoidBackward0"),
        ("SigmoidBackward0", "MeanBackward0"),
        ("MeanBackward0", "result ()"),
    }
    colours = {node.label: node.colour for node in graph.nodes.values()}
    assert colours["w (3)"] == colours["b ()"] == PARAMETER
    assert colours["result ()"] == RESULT


def test_two_recordings_of_the_same_computation_give_the_same_graph() -> None:
    assert read_graph(*unit()) == read_graph(*unit())


@needs_dot
def test_with_dot_the_graph_is_drawn_without_a_ground() -> None:
    value, params = unit()
    drawing = autograd_graph(value, params, "One unit")
    assert isinstance(drawing, GraphvizPicture)
    assert drawing.svg.startswith("<svg")
    assert {"w (3)", "SigmoidBackward0", "One unit"} <= set(re.findall(r">([^<>\n]+)</text>", drawing.svg))
    assert 'fill="transparent"' in drawing.svg or 'fill="none"' in drawing.svg
    width, height = (float(size) for size in re.findall(r'(?:width|height)="([\d.]+)pt"', drawing.svg))
    assert width <= 960 and height <= 600  # in points: 1280 x 800 pixels


@needs_dot
def test_in_a_notebook_that_is_not_trusted_there_is_a_png_of_the_same_size(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict[str, str], dict[str, dict[str, float]]]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata: shown.append((data, metadata)))
    drawing = autograd_graph(*unit())
    assert isinstance(drawing, GraphvizPicture)
    drawing._ipython_display_()
    [(data, metadata)] = shown
    assert set(data) == {"text/html", "image/svg+xml", "image/png", "text/plain"}
    points = re.search(r'width="(\d+)pt"', drawing.svg)
    assert points
    assert metadata["image/png"]["width"] == pytest.approx(int(points[1]) * 96 / 72, abs=2)


@needs_dot
def test_two_drawings_of_the_same_computation_are_the_same_bytes() -> None:
    assert autograd_graph(*unit()) == autograd_graph(*unit())


def test_without_dot_matplotlib_draws_every_box_and_every_edge(without_dot: None) -> None:
    value, params = unit()
    picture = autograd_graph(value, params, "One unit")
    assert isinstance(picture, Picture)
    boxes = [text for text in picture.axes[0].texts if text.get_text()]
    graph = read_graph(value, params)
    assert sorted(text.get_text() for text in boxes) == sorted(node.label for node in graph.nodes.values())
    arrows = [text for text in picture.axes[0].texts if not text.get_text()]
    assert len(arrows) == len(graph.edges)
    assert picture.png()


def test_without_dot_no_two_boxes_overlap_and_none_leaves_the_figure(without_dot: None) -> None:
    W1, W2 = (torch.ones(shape, requires_grad=True) for shape in ((3, 5), (5, 2)))
    loss = (torch.relu(torch.ones(4, 3) @ W1) @ W2).mean() + (W1**2).sum() + (W2**2).sum()
    picture = autograd_graph(loss, {"W1": W1, "W2": W2})
    assert isinstance(picture, Picture)
    picture.draw_without_rendering()
    boxes = [t.get_bbox_patch().get_window_extent() for t in picture.axes[0].texts if t.get_text()]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])
        assert picture.bbox.x0 <= box.x0 <= box.x1 <= picture.bbox.x1


@pytest.mark.skipif(sys.platform == "win32", reason="this dot is a shell script")
def test_a_dot_that_fails_is_like_no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    broken = f"{tmp_path}/dot"
    with open(broken, "w", encoding="utf-8") as script:
        script.write("#!/bin/sh\nexit 1\n")
    shutil.copymode("/bin/sh", broken)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    assert isinstance(autograd_graph(*unit()), Picture)
