"""`forward`: the last hint, which holds the answer."""

LAST_HINT = (
    "`Z = X @ params['W1'] + params['b1']`, `H = torch.relu(Z)`, `O = H @ params['W2'] + params['b2']`, and return "
    "`O, {'Z': Z, 'H': H}`."
)
