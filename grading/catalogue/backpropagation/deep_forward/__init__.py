"""The exercise `deep_forward`."""
