"""The exercise `backward`."""
