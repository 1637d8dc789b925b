"""Whether an answer is right.

Knows no model and nothing else of the studio.
"""
