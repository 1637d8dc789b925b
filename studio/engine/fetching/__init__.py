"""How the hubs are asked for a model's files: a table with a row for each, and the one download of what they list.

Knows no kind of model and no folder of the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.engine.fetching import hugging_face, model_scope
from studio.engine.fetching.remote import File, Remote
from studio.hubs import Hub

LISTINGS: Mapping[Hub, Callable[[Remote, str], list[File]]] = {
    "hugging_face": hugging_face.listing,
    "hf_mirror": hugging_face.listing,
    "model_scope": model_scope.listing,
}
