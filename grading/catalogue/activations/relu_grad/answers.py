"""`relu_grad`: the last hint, which holds the answer."""

LAST_HINT = "`(X > 0).to(X.dtype)` does it."
