"""The third tab: a run as it learns."""
