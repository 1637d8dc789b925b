"""What every tab is made of: words, look, widgets, scripts."""
