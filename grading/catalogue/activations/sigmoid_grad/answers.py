"""`sigmoid_grad`: the last hint, which holds the answer."""

LAST_HINT = "`a = sigmoid(X)`, then `a * (1 - a)`."
