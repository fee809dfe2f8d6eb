"""`numerical_gradient`: the last hint, which holds the answer."""

LAST_HINT = (
    "`old = x[i].item(); x[i] = old + eps; up = f(x); x[i] = old - eps; down = f(x); x[i] = old`, then "
    "`grad[i] = (up - down) / (2 * eps)`."
)
