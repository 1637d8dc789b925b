"""What the cells of a file mean: which column plays which part, which labels there are."""
