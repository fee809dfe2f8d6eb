"""`deep_forward`: the last hint, which holds the answer."""

LAST_HINT = "`for W, b in zip(weights, biases): activations.append(torch.sigmoid(activations[-1] @ W + b))`."
