"""The exercise `adam_step`."""
