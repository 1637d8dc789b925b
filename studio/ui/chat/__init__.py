"""The fourth tab: base and tuned side by side, the report card, taking the model home."""
