"""The exercise `clip_gradients`."""
