"""`linear_accuracy`: the last hint, which holds the answer."""

LAST_HINT = "`((X @ w + b > 0) == y).float().mean()`."
