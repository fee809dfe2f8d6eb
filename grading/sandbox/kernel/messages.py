"""How a request says that only outputs and the end of a cell are of interest, not that it begins or what it was."""

# A key in the metadata of a request.
OUTPUTS_ONLY = "mlp_course_brief"
