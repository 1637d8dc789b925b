"""Scores and what they are held against: pure functions over answers, which touch no weights."""
