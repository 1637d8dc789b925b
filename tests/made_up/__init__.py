"""A made-up measure, export format, method and head, each in a file of its own: what it takes to add one."""
