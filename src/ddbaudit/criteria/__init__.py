"""The success criteria of design documents: read from YAML, marked by what a run has found."""
