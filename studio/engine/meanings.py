"""What texts mean, as directions: near each other where they say the same in other words.

Knows no handbook and no run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import torch

from studio.engine import catalog, device, load
from studio.errors import StudioError

AT_ONCE = 32  # texts
LONGEST = 512  # tokens: more than a passage has
STRANGE = 0.1  # of the tokens may have no word


class EncoderMeanings:
    """An encoder without a head, such as MiniLM or BGE, in memory."""

    def __init__(self, folder: Path) -> None:
        """Raises StudioError engine.damaged and as `load.tokenizer`."""
        from transformers import AutoModel

        load.quiet()
        self._words = load.tokenizer(folder)
        self._longest = min(LONGEST, catalog.Shape.of(catalog.check(folder)).context)
        try:
            with device.building():
                found = AutoModel.from_pretrained(
                    folder, trust_remote_code=False, use_safetensors=True, local_files_only=True, dtype=torch.float32
                )
        except load.BROKEN as error:
            raise StudioError("engine.damaged", file=folder.name) from error
        self._model = found.requires_grad_(False).eval()
        self._parameters = catalog.count_parameters(folder)
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """The mean of a text's last states, of length 1 (Reimers and Gurevych 2019, arXiv 1908.10084). What is longer
        than the model reads is cut."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found: dict[int, list[float]] = {}
        for start in range(0, len(order), AT_ONCE):
            places = order[start : start + AT_ONCE]
            with self._lock, torch.inference_mode():
                device.share_cores(self._parameters)
                means = self._means([texts[at] for at in places])
            found |= dict(zip(places, means, strict=True))
        return [found[at] for at in range(len(texts))]

    def reads(self, texts: Sequence[str]) -> bool:
        tokens = [token for ids in self._words(list(texts), add_special_tokens=False)["input_ids"] for token in ids]
        return sum(token == self._words.unk_token_id for token in tokens) <= STRANGE * len(tokens)

    def _means(self, texts: Sequence[str]) -> list[list[float]]:
        read = self._words(list(texts), padding=True, truncation=True, max_length=self._longest, return_tensors="pt")
        states = self._model(**read).last_hidden_state
        mask = read["attention_mask"].unsqueeze(-1).to(states.dtype)
        means = (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
        return torch.nn.functional.normalize(means, dim=-1).tolist()
