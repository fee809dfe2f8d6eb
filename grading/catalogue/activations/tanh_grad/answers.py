"""`tanh_grad`: the last hint, which holds the answer."""

LAST_HINT = "`1 - tanh(X) ** 2`."
