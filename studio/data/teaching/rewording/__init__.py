"""Rules by which a question is asked in other words: the rules are data, one file a language, and `rules` applies them.

Knows no dataset and no model.
"""
