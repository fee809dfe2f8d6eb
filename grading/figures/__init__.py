"""The figures of the lessons: each function takes data or functions and returns a picture with its message as title."""

from grading.figures.approximation import error_against_width, growing_network, sum_of_hinges
from grading.figures.choices import learning_rates, overfitting, trial_curves
from grading.figures.classification import confusion_matrix
from grading.figures.clipping import clipped_training, descent_at_a_cliff
from grading.figures.computation import computational_graph, worked_example
from grading.figures.counts import parameter_counts, seconds_per_epoch
from grading.figures.curves import derivatives_agree, function_and_derivative, hinges, shortcut_misused, vanishing
from grading.figures.decision import decision_surface
from grading.figures.depth import (
    depth_sweep,
    layer_histograms,
    length_maps,
    sizes_by_layer,
    spread_by_layer,
    training_by_initialization,
)
from grading.figures.distributions import moved_weights, value_heat_maps, value_histograms
from grading.figures.epochs import compare_methods, epoch_curves, initial_loss, sanity_checks
from grading.figures.folding import folded_plane, stacked_affine_layers
from grading.figures.gradient_check import GradientCheck, gradient_check
from grading.figures.graph import autograd_graph
from grading.figures.images import class_examples, unit_weights, worst_mistakes
from grading.figures.jacobians import jacobian_products
from grading.figures.learning import surface_as_it_learns, training_runs
from grading.figures.limits import accuracy_by_size, with_and_without
from grading.figures.lines import functions_of_two_bits, labelled_points, map_of_lines
from grading.figures.matrices import matrix_heat_maps
from grading.figures.memory import memory_of_training
from grading.figures.network import network_diagram
from grading.figures.panels import Panel, curve_panels, methods_beside_a_baseline
from grading.figures.pieces import linear_pieces
from grading.figures.samples import weight_samples
from grading.figures.scalars import scalar_graph
from grading.figures.smooth import smooth_units
from grading.figures.symmetry import unit_paths
from grading.figures.training import dying_unit, learning_curves, saturated_start
from grading.figures.weight_decay import penalised_fits

__all__ = [
    "GradientCheck",
    "Panel",
    "accuracy_by_size",
    "autograd_graph",
    "class_examples",
    "clipped_training",
    "compare_methods",
    "computational_graph",
    "confusion_matrix",
    "curve_panels",
    "decision_surface",
    "depth_sweep",
    "derivatives_agree",
    "descent_at_a_cliff",
    "dying_unit",
    "epoch_curves",
    "error_against_width",
    "folded_plane",
    "function_and_derivative",
    "functions_of_two_bits",
    "gradient_check",
    "growing_network",
    "hinges",
    "initial_loss",
    "jacobian_products",
    "labelled_points",
    "layer_histograms",
    "learning_curves",
    "learning_rates",
    "length_maps",
    "linear_pieces",
    "map_of_lines",
    "matrix_heat_maps",
    "memory_of_training",
    "methods_beside_a_baseline",
    "moved_weights",
    "network_diagram",
    "overfitting",
    "parameter_counts",
    "penalised_fits",
    "sanity_checks",
    "saturated_start",
    "scalar_graph",
    "seconds_per_epoch",
    "shortcut_misused",
    "sizes_by_layer",
    "smooth_units",
    "spread_by_layer",
    "stacked_affine_layers",
    "sum_of_hinges",
    "surface_as_it_learns",
    "training_by_initialization",
    "training_runs",
    "trial_curves",
    "unit_paths",
    "unit_weights",
    "value_heat_maps",
    "value_histograms",
    "vanishing",
    "weight_samples",
    "with_and_without",
    "worked_example",
    "worst_mistakes",
]
