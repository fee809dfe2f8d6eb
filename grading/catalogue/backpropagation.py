"""Lesson 03: the exercises, in their order."""

from grading.catalogue.backward_pass import BACKWARD
from grading.catalogue.deep_backward import DEEP_BACKWARD
from grading.catalogue.deep_forward import DEEP_FORWARD
from grading.catalogue.descent import SGD_STEP
from grading.catalogue.forward_pass import FORWARD, OBJECTIVE
from grading.catalogue.local_rules import GRAD_LINEAR, GRAD_OUTPUT, GRAD_RELU
from grading.catalogue.numerical import NUMERICAL_GRADIENT

EXERCISES = (
    FORWARD,
    OBJECTIVE,
    GRAD_OUTPUT,
    GRAD_LINEAR,
    GRAD_RELU,
    BACKWARD,
    NUMERICAL_GRADIENT,
    SGD_STEP,
    DEEP_FORWARD,
    DEEP_BACKWARD,
)
