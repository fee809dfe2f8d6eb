"""`tanh`: the last hint, which holds the answer."""

LAST_HINT = "Either use that, or `e = torch.exp(-2 * X.abs())` with the sign of X in front of (1 - e) / (1 + e)."
