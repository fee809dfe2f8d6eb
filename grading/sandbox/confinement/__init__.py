"""What a kernel may see, use and call, and how that is enforced."""
