"""The page: the only place with Gradio; no torch here."""
