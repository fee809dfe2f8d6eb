"""The exercise `activation_stds`."""
