"""How fast the judge answers."""
