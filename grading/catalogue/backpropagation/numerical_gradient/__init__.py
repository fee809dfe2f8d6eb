"""The exercise `numerical_gradient`."""
