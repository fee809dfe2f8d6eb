"""The exercise `sigmoid`."""
