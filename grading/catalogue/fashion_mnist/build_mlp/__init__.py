"""The exercise `build_mlp`."""
