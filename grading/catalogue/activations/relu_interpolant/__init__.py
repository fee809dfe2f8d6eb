"""The exercise `relu_interpolant`."""
