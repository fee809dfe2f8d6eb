"""One at a time: whose turn it is to write."""
