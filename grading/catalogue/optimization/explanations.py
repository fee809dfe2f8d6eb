"""What lesson 06 asks to be explained in words, with model answers."""

from __future__ import annotations

from grading.catalogue.explanations import Explanation

EXPLANATIONS = (
    Explanation(
        "velocity-that-stays",
        question="why does a velocity that is too large not go away when the gradient is zero, and how long does it stay?",
        answer=r"""
With $g = 0$ the step is $v \leftarrow \mu v$: it falls by the factor $\mu$ each time and never reaches zero. After
$1/(1-\mu)$ steps about a third is left ($\mu^{1/(1-\mu)} \approx 1/e$).
<!-- claim: a-third-is-left --> That is how far back momentum remembers,
and how far it runs past a minimum.
""",
    ),
    Explanation(
        "without-correction",
        question="without any correction, are the first steps of Adam too small or too large? Both means are too small, after all.",
        answer=r"""
Too large. $m$ is too small by the factor $1 - \beta_1^t$, but $\sqrt s$ by the factor $\sqrt{1 - \beta_2^t}$. With
the usual betas, $0.9$ and $0.999$, the first step is $0.1/\sqrt{0.001} \approx 3.2$ times as long as it should be.
<!-- claim: first-step-too-long -->
The next figure shows how that goes on.
""",
    ),
    Explanation(
        "tenth-epoch",
        question=(
            "somebody trains with a cosine over ten epochs and finds that the loss was still falling. They start again with "
            "twenty. Why is their tenth epoch not the tenth epoch of before?"
        ),
        answer=r"""
Because the schedule knows the end. In the longer run the tenth epoch is the middle of the cosine, where the
learning rate is still half of $\eta$.
<!-- claim: half-in-the-middle --> A curve that is cut off in the middle says little about the run that would
have ended there. With StepLR the two runs agree until then.
""",
    ),
    Explanation(
        "training-loss-with-dropout",
        question=(
            "with $p = 0.5$, is the training loss that is printed during an epoch a fair number to put beside a validation "
            "loss?"
        ),
        answer=r"""
No. The one is the loss of a network with half of its units missing, the other that of the whole network. The
training loss is often the higher of the two, which does not mean that the network does better on images that it has
not seen. To compare them, evaluate both in evaluation mode.
""",
    ),
    Explanation(
        "bias-before-batch-norm",
        question="a linear layer stands right before a batch normalization. What is its bias good for?",
        answer=r"""
For nothing. It adds the same number to a whole column, the mean of the column grows by it, and the difference
$x_i - \bar x$ is what it was. Its gradient is zero. <!-- claim: bias-for-nothing --> $\beta$ takes its place.
""",
    ),
    Explanation(
        "weights-doubled",
        question=(
            "a layer is followed by batch normalization. Somebody doubles all weights of the layer. What happens to the "
            "outputs, and what to the gradient of these weights?"
        ),
        answer=r"""
The outputs stay (up to $\epsilon$): $x_i - \bar x$ and $\sigma$ are both doubled. The gradient that reaches the
layer is halved, because of the $1/\sigma$ in front.
<!-- claim: doubled-weights --> So a large weight moves less, in proportion far less: batch
normalization forgives a learning rate that is too large for a while, and weight decay on such a layer does not make
its function smaller, only its steps longer.
""",
    ),
    Explanation(
        "lowest-of-many",
        question="why is the lowest validation loss of a run not a fair estimate of the loss on new images?",
        answer=r"""
It is the lowest of many numbers that are noisy, so chance is on its side: it was chosen *because* it was low. The
more epochs, or methods, one has to choose from, the stronger the effect. That is what the test images are for.
""",
    ),
)
