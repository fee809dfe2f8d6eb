"""The exercise `sgd_step`."""
