"""Labels given by hand: who gave them, what is suggested, how far two people agree."""
