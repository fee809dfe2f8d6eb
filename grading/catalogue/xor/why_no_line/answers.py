"""`why-no-line`: the last hint, which holds the answer."""

LAST_HINT = (
    "Ones: w2 + b > 0 and w1 + b > 0; the sum is w1 + w2 + 2b > 0. Zeros: b <= 0 and w1 + w2 + b <= 0; the sum is "
    "w1 + w2 + 2b <= 0. The same number cannot be both, so there is no such line."
)
