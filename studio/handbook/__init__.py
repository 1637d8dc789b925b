"""The handbook beside a model: a document cut into passages, found by what is asked, and put before the question."""
