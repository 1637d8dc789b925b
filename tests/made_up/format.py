"""The adapter's weights as one text file of names and sizes."""

from __future__ import annotations

from pathlib import Path

from studio.contract import ADAPTER, Job, Progress
from studio.engine import adapters
from studio.formats import FORMATS, Format
from studio.words import LANGS, catalogue


def write(job: Job, draft: Path, progress: Progress) -> float:
    weights = adapters.read(job.run_dir / ADAPTER)
    lines = (f"{name} {tuple(weight.shape)}\n" for name, weight in sorted(weights.items()))
    (draft / "weights.txt").write_text("".join(lines), encoding="utf-8")
    return 0.0


FORMATS["listing"] = Format(__name__, needs=())
for lang in LANGS:
    catalogue(lang).update({
        "chat_tab.listing": "Listing", "chat_tab.listing_help": "Names and sizes.", "chat_tab.making_listing": "…",
        "chat_tab.verified_listing": "Verified.", "readme.listing": "a listing",
        "readme.code_listing_causal": "{question}",
    })  # fmt: skip
