"""The second tab: which model, which settings."""
