"""What lesson 04 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "twice-the-units",
        question="Twice as many units in the only hidden layer: how many more parameters, and why not four times as many?",
        answer=r"""
Twice as many, but for the output biases: the hidden layer has a side towards the inputs and one towards the outputs, and
each unit brings its own weights on both. Four times as many come when *both* sides of a weight matrix double.
""",
    ),
    Explanation(
        "shapes-of-a-batch",
        question="A batch arrives as $(64, 1, 28, 28)$. Which shapes does it pass through, and where is a class decided?",
        answer=r"""
$(64, 784)$, $(64, 256)$ before and after `relu`, $(64, 10)$. Nothing is decided in the network: it gives ten logits, and
whoever wants a class takes the largest.
""",
    ),
    Explanation(
        "maximum-of-each-row",
        question="Why is $m$ the maximum of each *row*, and not of the whole batch?",
        answer=r"""
With the largest logit $M$ of the batch, a row that lies $200$ below it has only exponents of $-200$ and less: all of its
terms round to 0 in float32, and the logarithm of 0 is $-\infty$. With its own maximum one term of every row is $e^0 = 1$.
""",
    ),
    Explanation(
        "same-accuracy-half-the-loss",
        question="Two networks have the same accuracy, and one of them half the loss of the other. How can that be?",
        answer=r"""
The accuracy asks only which logit is the largest, the loss also by how much. The second network is right on the same
images with more certainty, or wrong with less.
""",
    ),
    Explanation(
        "loss-before-the-step",
        question=(
            "What would the returned mean be if each loss were taken *after* its step, and why is the one before it more "
            "honest?"
        ),
        answer=r"""
Lower: the step has just been fitted to this very batch. Before the step most of the images of a batch are new to the
parameters of this moment, at least in the first epoch, so the value says something about images in general.
""",
    ),
    Explanation(
        "which-accuracy",
        question=(
            "Your network has one accuracy here and another one in the check. Which of the two would you tell somebody who "
            "asks how good it is?"
        ),
        answer=r"""
That of the check, the first time you asked: its images had no part in your choices. Whoever asks the check twenty times
and keeps the best answer chooses by them, and is back at validation.
""",
    ),
)
