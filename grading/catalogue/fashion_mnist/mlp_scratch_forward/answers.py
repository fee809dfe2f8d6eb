"""`MLPScratch.forward`: the last hint, which holds the answer."""

LAST_HINT = "`H = relu(X.reshape(len(X), -1) @ self.W1 + self.b1)`, then `H @ self.W2 + self.b2`."
