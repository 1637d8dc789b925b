"""Runs that have learned, the page of someone who looks at them, and the words and links of what is shown.

Knows no tab.
"""

from __future__ import annotations

import time
from typing import Any

from studio.config import STARTER, Task
from studio.studio import Studio
from studio.ui.kit.page import Page

REVIEWS = [
    (f"第{number}条，{word}", label) for word, label in (("好喝", "好评"), ("难喝", "差评")) for number in range(20)
]
FACTS = [("少糖怎么做", "减20%糖浆"), ("珍珠煮多久", "煮15分钟"), ("几点开门", "九点半")]
QUESTIONS = [
    (f"{before}{asked}{after}", reply)
    for asked, reply in FACTS
    for before in ("", "请问")
    for after in ("", "？", "呀")
]
MARKUP = "<img src=x onerror=alert(1)>"


LARGE = "made/large"  # a base model that the tests' engine says is too large to answer beside a run


def learned(studio: Studio, task: Task, name: str = "店", model: str = STARTER, method: str = "lora") -> str:
    dataset = studio.data.add_rows(name, task, REVIEWS if task == "classify" else QUESTIONS)
    run = studio.start(studio.plan(dataset.id, model, changes={"epochs": 2, "method": method}).config)
    until = time.monotonic() + 20
    while not studio.run(run).ended and time.monotonic() < until:
        time.sleep(0.01)
    assert studio.run(run).status == "finished"
    return run


def page(studio: Studio) -> Page:
    return Page(studio, "en")


def words(nodes: Any) -> list[str]:
    """All text of a fragment, piece by piece."""
    found = []
    for node in nodes:
        found += [node] if isinstance(node, str) else words(node["children"])
    return found


def links(nodes: Any) -> list[str]:
    found = []
    for node in nodes:
        if not isinstance(node, str):
            found += [node["attributes"]["href"]] if node["tag"] == "a" else []
            found += links(node["children"])
    return found
