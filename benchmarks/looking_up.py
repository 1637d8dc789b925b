"""How often a handbook's passage is found by customers' own words: by words alone, and by what they mean, too.

Knows the handbook's room and the engine's meanings. `python -m benchmarks.looking_up FOLDER` takes an encoder without a
head, such as MiniLM; its handbooks are the English sheets of `benchmarks/sheets/`, each answer a passage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.facts import SHEETS
from benchmarks.table import Figure, show
from studio.contract import Meanings
from studio.engine import TorchEngine
from studio.handbook.cutting import Passage
from studio.handbook.finding import Finder
from studio.intervals import wilson

FOREIGN = 6  # questions of every other shop, which a handbook does not answer


def figures(meanings: Meanings) -> list[Figure]:
    shops = {file.stem: json.loads(file.read_text(encoding="utf-8"))["facts"] for file in SHEETS.glob("*_en.json")}
    return [
        one for name, model in (("words", None), ("words and meaning", meanings)) for one in _of(name, shops, model)
    ]


def _of(name: str, shops: dict[str, list[dict[str, Sequence[str]]]], meanings: Meanings | None) -> list[Figure]:
    first, among, foreign = [], [], []
    for shop, facts in shops.items():
        passages = [Passage(number, str(fact["answer"])) for number, fact in enumerate(facts)]
        finder = Finder(passages, meanings)
        for number, fact in enumerate(facts):
            found = [[one.number for one in finder.find(text)] for text in fact["unseen"]]
            first += [one[:1] == [number] for one in found]
            among += [number in one for one in found]
        others = [fact["unseen"][0] for other in shops if other != shop for fact in shops[other][:FOREIGN]]
        foreign += [bool(finder.find(text)) for text in others]
    counted = {"first": first, "among three": among, "found for another shop's question": foreign}
    return [Figure(f"{name}: {what}", _share(rows)) for what, rows in counted.items()]


def _share(rows: Sequence[bool]) -> str:
    low, high = wilson(sum(rows), len(rows))
    return f"{sum(rows) / len(rows):.0%} of {len(rows)} ({low:.0%} … {high:.0%})"


if __name__ == "__main__":
    show(figures(TorchEngine().meanings(sys.argv[1], Path())))
