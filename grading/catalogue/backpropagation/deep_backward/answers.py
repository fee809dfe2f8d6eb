"""`deep_backward`: the last hint, which holds the answer."""

LAST_HINT = (
    "With `A = activations[layer]`, for layer from the last to the first: `grad_weights.insert(0, A.T @ delta)`, "
    "`grad_biases.insert(0, delta.sum(0))`, `delta = (delta @ weights[layer].T) * A * (1 - A)`."
)
