"""What a dataset teaches: facts or a manner, how facts are asked for and in which wordings they are learned."""
