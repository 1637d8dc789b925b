"""The starter: a small language model in the box, and the recipe that writes its text and pretrains it.

It knows nothing of the studio's datasets, runs or pages: it reads its own lexicon and leaves a model folder behind.
"""
