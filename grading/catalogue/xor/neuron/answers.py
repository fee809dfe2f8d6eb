"""`neuron`: the last hint, which holds the answer."""

LAST_HINT = "`torch.sigmoid(x @ w + b)`."
