"""`collapse`: the last hint, which holds the answer."""

LAST_HINT = "`W1 @ W2` and `b1 @ W2 + b2`."
