"""From any file a shop has to rows a model can learn; no torch here and no page."""
