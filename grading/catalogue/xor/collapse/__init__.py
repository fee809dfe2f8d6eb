"""The exercise `collapse`."""
