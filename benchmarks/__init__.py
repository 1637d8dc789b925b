"""Measurements of the whole studio, as its users meet it; printed, never asserted."""
