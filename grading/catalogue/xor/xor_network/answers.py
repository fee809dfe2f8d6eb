"""`xor_network`: the last hint, which holds the answer."""

LAST_HINT = "W1 = [[1, -1], [-1, 1]], b1 = [0, 0], W2 = [[1], [1]], b2 = [0], as floating-point tensors."
