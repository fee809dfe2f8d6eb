"""The exercise `cosine_schedule`."""
