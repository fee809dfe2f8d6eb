"""From the folder that a student handed in to clean notebooks: read, matched, restored. Nothing of it runs here."""
