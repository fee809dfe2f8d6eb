"""The exercise `why-no-line`."""
