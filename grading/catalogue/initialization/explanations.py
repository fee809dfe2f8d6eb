"""What lesson 05 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "twice-as-wide",
        question=(
            "A layer gets twice as many inputs and twice as many units. How does your bound change, and which derivation "
            "tells you so?"
        ),
        answer=r"""
It is divided by $\sqrt2$: the bound is $\sqrt{6/(\text{fan\_in} + \text{fan\_out})}$. Twice as many independent terms make a
sum with twice the variance, so each term may have half.
""",
    ),
    Explanation(
        "uniform-and-normal",
        question=(
            "Your uniform and your normal sample have the same standard deviation. In what do they differ, and does the "
            "derivation care?"
        ),
        answer=r"""
In their tails: no uniform weight is beyond $\sqrt3\,\sigma$,
while one normal weight in 370 is beyond $3\sigma$. <!-- claim: beyond-three-sigma -->
The derivation uses mean 0, independence and the variance, so it does not care.
""",
    ),
    Explanation(
        "no-fan-out",
        question=(
            "He's variance has no fan-out. What happens to a gradient on its way down through layers of widths $100, 400, "
            "100$, if nothing else is done?"
        ),
        answer=r"""
Each layer multiplies its mean square by $d_l / d_{l-1}$: by $4$ on the way from the wide layer to
the narrow one below it, by $\tfrac14$ on the way to the wide one, over both by 1. The ratios cancel, so depth does no harm.
""",
    ),
    Explanation(
        "into-the-parameters",
        question=(
            "Why must the weights be written *into* the parameters, and what would be wrong with putting new ones in their "
            "place?"
        ),
        answer=r"""
Whoever holds the old objects would go on with them: an optimizer that was built before would update tensors that the
network no longer uses, and the loss would stand still without an error.
""",
    ),
    Explanation(
        "two-states-one-number",
        question="Your function gives one number for a layer. Name two very different states of a layer that have the same number.",
        answer=r"""
Every unit has its own constant, whatever the example; or every unit answers to each example in its own way. Both spread
the values alike over all elements. Section 7 finds a network in the first state.
""",
    ),
    Explanation(
        "clipped-step",
        question=(
            "Is a clipped step a step of gradient descent on some other learning rate? And if each tensor is clipped by its "
            "own norm?"
        ),
        answer=r"""
Yes for the common norm: the whole gradient is multiplied by one factor, which is the same as a smaller learning rate for
this step. No for separate norms: then each tensor has its own learning rate, and the direction of the whole is another.
""",
    ),
)
