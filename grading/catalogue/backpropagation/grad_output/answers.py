"""`grad_output`: the last hint, which holds the answer."""

LAST_HINT = "`2 * (O - Y) / O.numel()`."
