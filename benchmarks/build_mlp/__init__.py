"""How much of a score of `build_mlp` is luck."""
