"""Columns put at the right of a file's own, which stay as they are: one room a kind of file."""
