"""The figures of the lessons: each function takes data or functions and returns a picture with its message as title."""

from grading.figures.approximation import error_against_width, growing_network, sum_of_hinges
from grading.figures.curves import derivatives_agree, function_and_derivative, hinges, shortcut_misused, vanishing
from grading.figures.decision import decision_surface
from grading.figures.graph import autograd_graph
from grading.figures.network import network_diagram
from grading.figures.training import dying_unit, learning_curves, saturated_start

__all__ = [
    "autograd_graph",
    "decision_surface",
    "derivatives_agree",
    "dying_unit",
    "error_against_width",
    "function_and_derivative",
    "growing_network",
    "hinges",
    "learning_curves",
    "network_diagram",
    "saturated_start",
    "shortcut_misused",
    "sum_of_hinges",
    "vanishing",
]
