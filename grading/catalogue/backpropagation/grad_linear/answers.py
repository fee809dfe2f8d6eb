"""`grad_linear`: the last hint, which holds the answer."""

LAST_HINT = "`grad_O @ W.T`, `X.T @ grad_O`, `grad_O.sum(0)`."
