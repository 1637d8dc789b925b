"""What answers are worth: pure, over plain values; never touches weights."""
