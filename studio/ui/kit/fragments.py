"""Fragments of a page that several tabs show: the traffic light, a problem with its remedy, work under way.

Knows no tab and no studio.
"""

from __future__ import annotations

from studio.lamp import Lamp
from studio.ui.kit.nodes import Node, icon, node
from studio.views import Problem


def fact(name: str, value: str) -> Node:
    """One figure under what it is."""
    return node("div", node("span", name), node("strong", value), cls="fact")


def lamp(shown: Lamp) -> Node:
    words = node("div", node("strong", shown.name), node("p", shown.why), node("p", shown.action, cls="next"))
    return node("div", node("span", cls="bulb", **{"aria-hidden": "true"}), words, cls=f"lamp {shown.colour}")


def problem(shown: Problem) -> Node:
    words = node("div", node("strong", shown.reason), node("p", shown.remedy))
    return node("div", icon("warn"), words, cls="problem", role="alert")


def bar(share: float, label: str) -> Node:
    """A progress bar; `label` is read aloud, not shown."""
    return node("progress", max="1", value=f"{share:.4f}", **{"aria-label": label})


def under_way(share: float, label: str) -> Node:
    """Work of which `share` is done, with what it is."""
    return node("div", node("p", label), bar(share, label), cls="under-way", role="status")
