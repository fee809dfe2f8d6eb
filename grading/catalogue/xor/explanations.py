"""What lesson 01 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "one-input-raised",
        question="Raise $x_1$ and leave $x_2$ as it is. In which direction does the output move, and what does that depend on?",
        answer=r"""
Up if $w_1 > 0$, down if $w_1 < 0$, and not at all if $w_1 = 0$. It does not depend on $x_2$, nor on $x_1$ itself.
That is the score of the opening, which can only go one way: the sigmoid changes how fast it goes and never where to.
""",
    ),
    Explanation(
        "line-turned-around",
        question=(
            r"A line has accuracy $\tfrac14$ on four points. What is the accuracy of the line with $-w$ and $-b$, and when is "
            "the answer not quite that?"
        ),
        answer=r"""
It calls 1 what the first called 0, so it is right where the first was wrong: $\tfrac34$. Not quite, if a point lies exactly
on the line: the rule is strict, so both lines call it 0.
""",
    ),
    Explanation(
        "bias-of-two-layers",
        question="Why does $b_1$ show up in the new bias multiplied by $W_2$, and why does $W_1$ not show up there?",
        answer=r"""
Put $X = 0$ in: what is left is the bias of the whole. The first layer then gives $b_1$, and the second layer does with it
what it does with everything that comes in: it multiplies by $W_2$ and adds $b_2$. $W_1$ multiplies $X$, which is 0.
""",
    ),
    Explanation(
        "two-hidden-units",
        question="What does each of your two hidden units detect, and why does one of them not suffice?",
        answer=r"""
In the network $|x_1 - x_2|$ one unit is positive where $x_1$ is larger and one where $x_2$ is larger; XOR is "one of
them is". In another right network one unit counts the ones, and the second is on only when there are two and takes the
sum down again. A single unit is on along *one* side of one line and rises there: a score that goes one way.
""",
    ),
)
