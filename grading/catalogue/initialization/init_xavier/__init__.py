"""The exercise `init_xavier`."""
