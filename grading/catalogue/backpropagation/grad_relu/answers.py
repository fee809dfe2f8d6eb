"""`grad_relu`: the last hint, which holds the answer."""

LAST_HINT = "`grad_H * (Z > 0)`."
