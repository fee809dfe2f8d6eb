"""`num_parameters`: the last hint, which holds the answer."""

LAST_HINT = "`sum(a * b + b for a, b in pairwise(sizes))`"
