"""The report of a run on paper: what it says, and the files that can be printed, one row in a table for each."""
