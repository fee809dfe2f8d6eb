"""The exercise `xor_network`."""
