"""The exercise `forward`."""
