"""The first tab: files in, rows, labels, check-up, split, versions."""
