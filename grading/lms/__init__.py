"""In and out of Canvas, Moodle and Brightspace: rosters and downloads are read, and what their importers take is written."""
