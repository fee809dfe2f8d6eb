"""The exercise `deep_backward`."""
