"""`relu_interpolant`: the last hint, which holds the answer."""

LAST_HINT = "w1 = ones, b1 = -knots[:-1], w2 = the first slope followed by the differences of neighbouring slopes, b2 = values[0]."
