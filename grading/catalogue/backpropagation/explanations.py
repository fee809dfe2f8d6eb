"""What lesson 03 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "what-the-cache-holds",
        question="Which slopes from section 2 will need $Z$, and which will need $H$? Why is $O$ not in the cache?",
        answer=r"""
The slope of each ReLU is decided by the sign of $Z$. The weights $W_2$ receive *their* input on the way back, and that is
$H$. $O$ follows from $H$ by one product, whenever it is needed.
""",
    ),
    Explanation(
        "penalty-and-batch",
        question=(
            "The batch grows to twice its size. What becomes of the balance between $L$ and $s$? And if $s$ were added once "
            "for each example?"
        ),
        answer=r"""
The balance stays: $L$ is a mean over the examples and $s$ does not know them. Added once for each example and not
averaged, the penalty would weigh more the larger the batch, and $\lambda$ would have to be chosen anew each time.
""",
    ),
    Explanation(
        "one-large-error",
        question=(
            "One output is far too large, all others are nearly right. What does the gradient look like, and what does its "
            "sign say?"
        ),
        answer=r"""
One large positive entry, the others close to zero. The sign says in which direction the loss *rises*: the entry is
positive because a larger output would be still worse. A step goes against it.
""",
    ),
    Explanation(
        "no-bias-needed",
        question="Why is there no bias $b$ among the arguments, and no sum over examples in `grad_X`?",
        answer=r"""
The slope of a sum by one of its terms is $1$, whatever the other terms are: $b$ changes no slope. And each row of $X$
belongs to one example. It has arrows to its own outputs only, so there is nothing of other examples to add.
""",
    ),
    Explanation(
        "h-in-place-of-z",
        question="Your function could be given $H$ in place of $Z$ and would return the same. Why?",
        answer=r"""
$H > 0$ exactly where $Z > 0$: a ReLU leaves positive numbers as they are and makes the others $0$. So PyTorch keeps only
one of the two. The inequality has to be strict, because $H \ge 0$ is true everywhere.
""",
    ),
    Explanation(
        "zero-gradients",
        question="Which of the four gradients can be zero although the loss is not, and how does that happen?",
        answer=r"""
Without the penalty, those of $W_1$, $b_1$ and $W_2$: all three are zero if every hidden unit is closed for every example.
Then the network says $b_2$ whatever it is shown. Only $b_2$, which has no ReLU between itself and the loss, goes on
learning, until it is the mean of the targets.
""",
    ),
    Explanation(
        "digits-that-cancel",
        question=(
            "The two values that are subtracted agree in most of their digits. What does that do to the result, and why does "
            "a larger step help?"
        ),
        answer=r"""
The digits that agree cancel, and what is left is what rounding has not destroyed: few digits. A larger step makes the two
values differ more, so that more digits are left. It pays with a larger truncation error.
""",
    ),
    Explanation(
        "rebinding-a-name",
        question="Inside of the function, `parameter = parameter - lr * grads[name]` raises nothing. What happens then?",
        answer=r"""
Nothing that anybody sees. A new tensor is made, gets the local name `parameter` and is forgotten in the next round. The
tensors in `params` stay as they were, and the loss stays where it is.
""",
    ),
    Explanation(
        "no-z-in-the-cache",
        question="The list holds no $Z_l$. Why will the backward pass not miss them?",
        answer=r"""
The slope of a sigmoid can be read from its *result*: $\sigma'(z) = \sigma(z)\,(1 - \sigma(z))$, so at layer $l$ it is
$A_{l+1} \odot (1 - A_{l+1})$. Half of the memory is saved.
""",
    ),
    Explanation(
        "product-of-slopes",
        question=(
            r"Each round multiplies the error by $W_l^\top$ and by a slope that is at most $\frac14$. What does that mean for "
            "the first layer of a deep network?"
        ),
        answer=r"""
Unless the weights make up for it, its gradient is a product of many small factors: it *vanishes* as the depth grows, and the
first layer hardly learns. With large weights the opposite happens. Lesson 05 is about the balance.
""",
    ),
)
