"""An instruction with examples of it, as Self-Instruct's seed tasks are written: `instances` of input and output.

Knows no other way to write a task.
"""

from __future__ import annotations

from studio.data.reading.shapes.shape import Record, Shaped, cell, cells

INSTANCES = ("instances", "examples", "samples")


def seeds(record: Record) -> Shaped | None:
    """A row for each example, which alpaca's columns hold; None where there is no instruction or no example."""
    for name in INSTANCES:
        held = record.get(name)
        if not isinstance(record.get("instruction"), str) or not isinstance(held, list) or not held:
            continue
        if all(isinstance(one, dict) and "output" in one for one in held):
            rest = cells({key: value for key, value in record.items() if key not in (name, "instruction")})
            asked = {"instruction": record["instruction"]}
            rows = [{**rest, **asked, "input": cell(one.get("input")), "output": cell(one["output"])} for one in held]
            return Shaped(rows)
    return None
