"""A made-up measure, export format and method, each in a file of its own: what it takes to add one."""
