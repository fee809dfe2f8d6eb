"""The graph that autograd records, built by torchviz, drawn with or without Graphviz.

torchviz describes the graph in the DOT language. Where Graphviz's `dot` is installed it draws that description; where
it is not, the same nodes and edges are laid out here in layers and drawn by matplotlib.
"""

from __future__ import annotations

import re
import subprocess
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import graphviz
from torch import Tensor

from grading.figures.display import show
from grading.figures.style import DARK, GREY, INK, SCREEN_DPI, Picture, drawing, new_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes

PARAMETER, OPERATION, RESULT = "#BFE0F2", "#E4E7EA", "#CDE8C5"
# In inches: what a window of 1280 x 800 pixels shows; Graphviz makes a larger picture smaller.
LARGEST = "12,7.6"
TORCHVIZ_COLOURS = {"lightblue": PARAMETER, "darkolivegreen1": RESULT, "darkolivegreen3": RESULT}
NODE = re.compile(r'\t(\d+) \[label=(?:"([^"]*)"|(\w+))(?: fillcolor=(\w+))?\]')
EDGE = re.compile(r"\t(\d+) -> (\d+)")
COLUMN, LAYER = 1.75, 0.66  # inches between neighbours in a layer, and between layers

Position: TypeAlias = tuple[float, float]
Name: TypeAlias = str | tuple[str, str, int]


@dataclass(frozen=True)
class GraphNode:
    """A box of the graph: what it says, and its colour (parameters, operations and the result differ)."""

    label: str
    colour: str


@dataclass(frozen=True)
class AutogradGraph:
    """Nodes by name and the edges between them, from the parameters towards the result."""

    nodes: Mapping[str, GraphNode]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class GraphvizPicture:
    """A drawing by Graphviz that shows itself when it is the last line of a cell.

    It is kept as SVG and as PNG, because a notebook from elsewhere shows no SVG until its reader trusts it.

    svg, png: the drawing. title: what is drawn, for those who cannot see it.
    """

    svg: str
    png: bytes
    title: str

    def _ipython_display_(self) -> None:
        show({"image/svg+xml": self.svg}, self.png, self.title)


@drawing
def autograd_graph(
    value: Tensor | Callable[[], Tensor], params: Mapping[str, Tensor], title: str = "What autograd recorded"
) -> GraphvizPicture | Picture:
    """Draw the graph that leads from `params` to `value`, a tensor or a function that computes it.

    The result is drawn by Graphviz where its program `dot` can be run, else the same graph drawn by matplotlib.
    """
    graph = read_graph(value if isinstance(value, Tensor) else value(), params)
    try:
        return _draw_with_dot(graph, title)
    except (graphviz.ExecutableNotFound, subprocess.CalledProcessError):
        return _draw_layers(graph, title)


def read_graph(value: Tensor, params: Mapping[str, Tensor]) -> AutogradGraph:
    """Return the graph that torchviz finds behind `value`, its nodes numbered in the order found."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torchviz 0.0.3 still compares versions by distutils
        from torchviz import make_dot

        lines = make_dot(value, params=dict(params)).body
    nodes: dict[str, GraphNode] = {}
    edges: list[tuple[str, str]] = []
    names: dict[str, str] = {}
    for line in lines:
        if edge := EDGE.match(line):
            edges.append((edge[1], edge[2]))
        elif node := NODE.match(line):
            label = " ".join((node[2] or node[3] or "").split())
            colour = TORCHVIZ_COLOURS.get(node[4] or "", OPERATION)
            names.setdefault(node[1], f"n{len(names)}")
            nodes[names[node[1]]] = GraphNode(f"result {label}" if colour == RESULT else label, colour)
    return AutogradGraph(nodes, tuple((names[start], names[end]) for start, end in edges))


def _draw_with_dot(graph: AutogradGraph, title: str) -> GraphvizPicture:
    dot = graphviz.Digraph(
        graph_attr={
            "bgcolor": "transparent",
            "pad": "0.25",
            "ranksep": "0.3",
            "size": LARGEST,
            "label": f"<<b>{title}</b>>",
            "labelloc": "t",
            "labeljust": "l",
        },
        node_attr={"style": "filled,rounded", "shape": "box", "height": "0.3", "fontsize": "11", "color": GREY},
        edge_attr={"color": GREY, "arrowsize": "0.7"},
    )
    dot.attr(fontname="DejaVu Sans, Helvetica, sans-serif", fontcolor=INK, fontsize="13")
    dot.attr("node", fontname="DejaVu Sans Mono, Courier, monospace", fontcolor=DARK)
    for name, node in graph.nodes.items():
        dot.node(name, node.label, fillcolor=node.colour)
    for start, end in graph.edges:
        dot.edge(start, end)
    svg = dot.pipe(format="svg", encoding="utf-8", quiet=True)
    dot.attr(dpi=str(2 * SCREEN_DPI))
    return GraphvizPicture(svg[svg.index("<svg") :], dot.pipe(format="png", quiet=True), title)


def _draw_layers(graph: AutogradGraph, title: str) -> Picture:
    layers = _ordered_layers(graph)
    width = max(4.0, COLUMN * max(len(layer) for layer in layers))
    height = LAYER * len(layers)
    figure = new_figure(width + 0.3, height + 0.6, title)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(0, height))
    positions = {
        name: ((place + 0.5) * width / len(layer), height - (depth + 0.5) * LAYER)
        for depth, layer in enumerate(layers)
        for place, name in enumerate(layer)
    }
    for path in _paths(graph, layers):
        _draw_edge(axes, [positions[name] for name in path])
    for name, node in graph.nodes.items():
        box = {"boxstyle": "round,pad=0.35", "facecolor": node.colour, "edgecolor": GREY}
        axes.text(
            *positions[name], node.label, ha="center", va="center", family="monospace", fontsize=9, color=DARK, bbox=box
        )
    return figure


def _draw_edge(axes: Axes, points: list[Position]) -> None:
    """Draw a line through `points`, leaving the first box at its lower edge and ending in an arrow at the last box."""
    margin = 0.14
    (x0, y0), (x1, y1) = points[0], points[-1]
    points = [(x0, y0 - margin), *points[1:-1], (x1, y1 + margin)]
    for start, end in pairwise(points[:-1]):
        axes.plot(*zip(start, end, strict=True), color=GREY, linewidth=1.1, zorder=0.5)
    arrow = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=points[-1], xytext=points[-2], arrowprops=arrow, zorder=0.5)


def _depths(graph: AutogradGraph) -> dict[Name, int]:
    """Return each node's layer from the top, as far above the result as its longest way to it."""
    import networkx as nx  # half as long to import as all other figures together, and only needed where there is no dot

    reverse = nx.DiGraph((end, start) for start, end in graph.edges)
    reverse.add_nodes_from(graph.nodes)
    generations = list(nx.topological_generations(reverse))
    return {name: len(generations) - 1 - rank for rank, generation in enumerate(generations) for name in generation}


def _paths(graph: AutogradGraph, layers: list[list[Name]] | None = None) -> list[list[Name]]:
    """Return each edge as its start, one unseen place in every layer it crosses, and its end."""
    depths = _depths(graph) if layers is None else {name: d for d, layer in enumerate(layers) for name in layer}
    return [
        [start, *((start, end, depth) for depth in range(depths[start] + 1, depths[end])), end]
        for start, end in dict.fromkeys(graph.edges)
    ]


def _ordered_layers(graph: AutogradGraph) -> list[list[Name]]:
    """Return the layers from the top, each ordered by the mean place of its neighbours, to keep crossings few."""
    depths = _depths(graph)
    neighbours: dict[Name, list[Name]] = {name: [] for name in depths}
    for path in _paths(graph):
        for start, end in pairwise(path):
            depths.setdefault(end, depths[start] + 1)
            neighbours.setdefault(start, []).append(end)
            neighbours.setdefault(end, []).append(start)
    layers: list[list[Name]] = [[] for _ in range(max(depths.values()) + 1)]
    for name, depth in depths.items():
        layers[depth].append(name)
    for _ in range(4):
        for depth in (*reversed(range(len(layers))), *range(len(layers))):
            place = {name: (i + 0.5) / len(layer) for layer in layers for i, name in enumerate(layer)}
            layers[depth].sort(key=lambda name: _mean_place(neighbours[name], place))
    return layers


def _mean_place(names: list[Name], place: Mapping[Name, float]) -> float:
    return sum(place[name] for name in names) / max(len(names), 1)
