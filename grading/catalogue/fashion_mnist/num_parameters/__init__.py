"""The exercise `num_parameters`."""
