"""What lesson 02 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "relu-of-a-sum",
        question="Is ReLU of a sum the sum of the ReLUs? For which numbers, and what would follow if it were so for all?",
        answer=r"""
$\operatorname{relu}(a + b) = \operatorname{relu}(a) + \operatorname{relu}(b)$ holds when $a$ and $b$ have the same
sign, and fails for $a = 1$, $b = -1$: 0 on the left, 1 on the right. A function that respects all sums is linear (if
it is continuous), and then the hidden layer would add nothing. The failure is the use.
""",
    ),
    Explanation(
        "slope-at-zero",
        question="At $x = 0$ your function picks 0. Does training notice whether it picks 0, 1 or something between?",
        answer=r"""
Hardly ever. A pre-activation that is computed from real numbers is almost never exactly 0. It happens where
something was *set* to 0: all weights and biases zero, or an input of zeros into a layer without biases. There the
choice of 0 means that the unit gets no gradient.
""",
    ),
    Explanation(
        "one-minus-sigmoid",
        question=(
            r"For $x = 50$ in float32 your sigmoid gives exactly 1, and $1 - \sigma(x)$ exactly 0. How could you get $1 - "
            r"\sigma(50)$ without losing it?"
        ),
        answer=r"""
By the symmetry: $1 - \sigma(x) = \sigma(-x)$, and $\sigma(-50) \approx 2 \cdot 10^{-22}$ makes no difficulty for a
floating-point number. What is lost is the difference from 1, since the numbers next to 1 are $10^{-7}$ apart.
""",
    ),
    Explanation(
        "where-a-sigmoid-moves",
        question=(
            "Where along the way from input to output of a sigmoid does a small change count most, and how much of it arrives "
            "there?"
        ),
        answer=r"""
At $x = 0$, where the output is $\tfrac12$, and a quarter of the change arrives. Everywhere else less. A unit that is
undecided can be moved; a unit that is sure, right or wrong, cannot.
""",
    ),
    Explanation(
        "tanh-for-sigmoid",
        question=(
            "You got tanh from the sigmoid by stretching and shifting. So a network with tanh units can compute whatever one "
            "with sigmoid units can. Why, and why may one still learn more easily?"
        ),
        answer=r"""
$\tanh(x) = 2\sigma(2x) - 1$: the factors $2$ and the shift $-1$ can be moved into the weights and biases before and
after the unit. So both compute the same functions, with other numbers. Gradient descent starts from *its* numbers:
tanh gives outputs around 0 and slopes up to 1, the sigmoid outputs around $\tfrac12$ and slopes up to $\tfrac14$.
""",
    ),
    Explanation(
        "slopes-that-are-equal",
        question=(
            "The slope at $x$ and the slope at $-x$ are equal for tanh and for the sigmoid. What property of the functions is "
            "behind that?"
        ),
        answer=r"""
Both are symmetric about a point: turned by half a turn about $(0, 0)$ and $(0, \tfrac12)$ they are the same curve. That
takes a tangent at $x$ to a parallel tangent at $-x$.
""",
    ),
    Explanation(
        "one-point-moved",
        question="One of your points is moved up a little. Which parameters of your network change?",
        answer=r"""
With one hinge a knot: at most three output weights, those of the hinges at the point and at its two neighbours, because
only the two slopes beside the point change, and with them three changes of slope. For the first point $b_2$ moves, too.
A single point has a local effect, although every hinge reaches from its knot to the last one.
""",
    ),
)
