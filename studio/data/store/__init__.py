"""What is kept: datasets, what was changed in them, and the versions that a run learns from."""
