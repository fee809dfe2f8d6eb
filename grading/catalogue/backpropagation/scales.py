"""What people do to the scale of a loss, of its gradient and of a penalty: factors, each with its cause."""

from __future__ import annotations

from grading.judging.factors import Cause, Law

# By how much the gradient 2 (O - Y) / (n q) of the mean squared error comes out too large.
OF_THE_ERROR = (
    Cause("sign", Law(sign=-1), "The sign is wrong: the derivative of (O - Y)² by O is 2 (O - Y)."),
    Cause("no-two", Law(two=-1), "The factor 2 of the square is missing."),
    Cause("two-too-many", Law(two=1), "There is a factor 2 too many."),
    Cause("no-mean", Law(powers={"n": 1, "q": 1}), "The mean is missing: divide by all n × q elements."),
    Cause(
        "divided-by-n",
        Law(powers={"q": 1}),
        "It is divided by the batch size n only: the mean is over all n × q elements.",
    ),
    Cause("divided-by-q", Law(powers={"n": 1}), "It is divided by the number of outputs q only, and not by n × q."),
    Cause("n-again", Law(powers={"n": -1}), "It is divided by the batch size once more than the mean asks for."),
    Cause("q-again", Law(powers={"q": -1}), "It is divided by the number of outputs once more than the mean asks for."),
)

# By how much what is made of a right error comes out too large: the mean is in the error already.
OF_WHAT_FOLLOWS = (
    Cause("sign", Law(sign=-1), "The sign is wrong: there is no minus in this step."),
    Cause(
        "averaged",
        Law(powers={"n": -1}),
        "It is divided by the batch size: the mean is in the error already.",
    ),
    Cause(
        "divided-again",
        Law(powers={"n": -1, "q": -1}),
        "It is divided by n × q again: the mean is in the error already.",
    ),
    Cause("halved", Law(two=-1), "It is halved: no factor belongs to this step."),
    Cause(
        "doubled",
        Law(two=1),
        "It is doubled: no factor belongs to this step, the 2 of the square is in the error already.",
    ),
)

# By how much the gradient λ W of the penalty comes out too large.
OF_THE_PENALTY = (
    Cause(
        "penalty-subtracted",
        Law(sign=-1),
        "The gradient of the penalty is subtracted: like the other gradients it is added.",
    ),
    Cause("penalty-doubled", Law(two=1), "The derivative of λ/2 ‖W‖² is λ W, not 2 λ W."),
    Cause("penalty-halved", Law(two=-1), "The derivative of λ/2 ‖W‖² is λ W: the 2 of the square takes the 1/2 away."),
    Cause(
        "penalty-by-n",
        Law(powers={"n": -1}),
        "The penalty is divided by the batch size: the mean is in L only, s has none.",
    ),
    Cause(
        "penalty-by-q",
        Law(powers={"q": -1}),
        "The penalty is divided by the number of outputs: the mean is in L only, s has none.",
    ),
)

# The same of the loss and of the penalty themselves.
OF_THE_LOSS = (
    Cause("halved", Law(two=-1), "The loss has a factor 1/2 that ours does not have."),
    Cause("doubled", Law(two=1), "The loss has a factor 2 that ours does not have."),
    Cause("summed", Law(powers={"n": 1, "q": 1}), "The loss is a sum over all elements. It should be their mean."),
    Cause(
        "divided-by-n",
        Law(powers={"q": 1}),
        "The squares are divided by the batch size n only. The mean is over all n × q elements.",
    ),
    Cause(
        "divided-by-q",
        Law(powers={"n": 1}),
        "The squares are divided by the number of outputs q only. The mean is over all n × q elements.",
    ),
    Cause("n-again", Law(powers={"n": -1}), "The mean is divided by the batch size once more."),
    Cause("q-again", Law(powers={"q": -1}), "The mean is divided by the number of outputs once more."),
    Cause("sign", Law(sign=-1), "The loss has a minus that ours does not have."),
)

OF_THE_NORMS = (
    Cause("penalty-subtracted", Law(sign=-1), "The penalty is subtracted: J = L + s."),
    Cause("penalty-not-halved", Law(two=1), "The penalty has lost its factor 1/2: s = λ/2 (‖W1‖² + ‖W2‖²)."),
    Cause("penalty-quartered", Law(two=-1), "The penalty is halved twice: s = λ/2 (‖W1‖² + ‖W2‖²)."),
    Cause(
        "penalty-by-n",
        Law(powers={"n": -1}),
        "The penalty is divided by the batch size: the mean is in L only, s has none.",
    ),
    Cause(
        "penalty-by-q",
        Law(powers={"q": -1}),
        "The penalty is divided by the number of outputs: the mean is in L only, s has none.",
    ),
)
