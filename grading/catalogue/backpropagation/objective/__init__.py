"""The exercise `objective`."""
