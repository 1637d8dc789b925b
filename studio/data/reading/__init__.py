"""A file as rows of cells, read in a limited child process."""
