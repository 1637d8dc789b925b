"""Where the files that come with the code lie: the starter's model, the example tables, the table of models.

Knows nothing of what is in them.
"""

from __future__ import annotations

from pathlib import Path

# Inside the package, so that a checkout, an editable install and a wheel all have them in the same place.
STARTER_DIR = Path(__file__).with_name("starter")
EXAMPLES = Path(__file__).with_name("examples")
MODELS = Path(__file__).with_name("models.toml")
