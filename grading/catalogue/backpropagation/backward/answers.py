"""`backward`: the last hint, which holds the answer."""

LAST_HINT = (
    "`grad_H, W2, b2 = grad_linear(H, params['W2'], grad_output(O, Y))`, then `grad_Z = grad_relu(Z, grad_H)`, then "
    "`_, W1, b1 = grad_linear(X, params['W1'], grad_Z)`; add `weight_decay * params[...]` to the gradients of W1 and W2."
)
