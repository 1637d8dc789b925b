"""What the Data tab says about a dataset, as nodes: the import report, the split, how far the labelling is.

Knows no store and no widget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from studio.data.schema import PARTS, Dataset, ImportReport, Splits
from studio.data.statistics import EDGES, MANY, Statistics
from studio.data.store.split import SURE_AT, Why, expected
from studio.tasks import TASKS
from studio.ui.kit.fragments import fact
from studio.ui.kit.nodes import Node, icon, node
from studio.ui.kit.page import Page
from studio.words import kept

MOST_LISTED = 100  # repaired or dropped rows
MOST_LABELS = 20
HARMLESS = {  # no row that anybody misses, and ways in which a table was read that need no second look
    "data.title_row", "data.blank_row", "data.blank_rows", "data.repeated_header",
    "data.further_ways", "data.side_by_side", "data.turns_by_row", "data.choices", "data.nested_rows",
}  # fmt: skip


def overview(page: Page, dataset: Dataset, counted: Statistics) -> list[Node]:
    """The import report: what was understood, what was mended, what was left out; and the rows in numbers."""
    report = dataset.report
    return [
        node("div", *(fact(name, value) for name, value in facts(page, report, counted)), cls="facts"),
        *_labels(page, counted.labels),
        *_in_numbers(page, counted),
        _to_know(page, report.notes),
        _notes(page, "repaired", report.repaired),
        _notes(page, "dropped", report.dropped),
    ]


def _to_know(page: Page, notes: Sequence[Mapping[str, Any]]) -> Node:
    """What is to be known of the whole file: hidden rows, sheets that were not read, formulas without a result."""
    if not notes:
        return ""
    harmless = _harmless(notes)
    summary = node("summary", icon("check" if harmless else "warn"), page.say("import.some_notes", n=len(notes)))
    cls = "notes known harmless" if harmless else "notes known"
    return node("details", summary, node("ul", *_items(page, notes)), cls=cls, open="open")


def _harmless(entries: Sequence[Mapping[str, Any]]) -> bool:
    return all(entry["reason"] in HARMLESS for entry in entries)


def facts(page: Page, report: ImportReport, counted: Statistics) -> list[tuple[str, str]]:
    """Name and value of each thing that was understood, and how many rows there are now."""
    known = [
        (page.say("data_tab.fact_task"), page.say(f"data_tab.task_{report.task}")),
        (page.say("data_tab.fact_rows"), f"{counted.rows:,}"),
    ]
    if counted.rows != report.rows:
        known.append((page.say("data_tab.fact_rows_read"), f"{report.rows:,}"))
    if counted.unanswered:
        known.append((page.say("data_tab.fact_unlabelled"), f"{counted.unanswered:,}"))
    if report.file:
        known.append((page.say("data_tab.fact_file"), report.file))
    if report.encoding:
        known.append((page.say("data_tab.fact_encoding"), report.encoding))
    if report.sheet:
        known.append((page.say("data_tab.fact_sheet"), report.sheet))
    return known


def _labels(page: Page, labels: Mapping[str, int]) -> list[Node]:
    shown = dict(list(labels.items())[:MOST_LABELS])
    hidden = len(labels) - len(shown)
    more = [node("p", page.say("data_tab.more_labels", n=hidden), cls="soft")] if hidden else []
    return [_bars(shown, more)] if shown else []


def _in_numbers(page: Page, counted: Statistics) -> list[Node]:
    """How long the texts are; of questions and answers how many of the one there are to the other."""
    most = f"> {EDGES[-1]:,}"
    lengths = {f"≤ {edge:,}" if edge else most: rows for edge, rows in counted.lengths.items()}
    said = page.say("data_tab.lengths_are", middle=f"{counted.middle:,}", longest=f"{counted.longest:,}")
    groups = [("lengths", lengths, [node("p", said, cls="soft")])]
    groups += [
        (kind, {f"{number}{'+' * (number == MANY)}": times for number, times in held.items()}, [])
        for kind, held in (("ways", counted.ways), ("answers", counted.answers))
    ]
    return [
        node("div", node("h3", page.say(f"data_tab.numbers_{kind}")), _bars(bars, more))
        for kind, bars, more in groups
        if bars
    ]


def _bars(counts: Mapping[str, int], more: list[Node]) -> Node:
    """A bar for each name, as long as its count; `more` stands below them."""
    most = max(counts.values())
    bars = [
        node(
            "div",
            node("span", label, cls="name"),
            node("span", node("span", cls="fill", style=f"width:{100 * count / most:.1f}%"), cls="track"),
            node("span", f"{count:,}", cls="count"),
            cls="label-bar",
        )
        for label, count in counts.items()
    ]
    return node("div", *bars, *more, cls="label-bars")


def _notes(page: Page, kind: str, entries: Sequence[Mapping[str, Any]]) -> Node:
    """Rows that were mended or left out, each with its number and the reason."""
    if not entries:
        return node("p", icon("check"), page.say(f"data_tab.none_{kind}"), cls="fine")
    items = _items(page, entries)
    if _harmless(entries):
        summary = node("summary", icon("check"), page.say("data_tab.some_harmless", n=len(entries)))
        return node("details", summary, node("ul", *items), cls=f"notes {kind} harmless")
    summary = node("summary", icon("warn"), page.say(f"data_tab.some_{kind}", n=len(entries)))
    return node("details", summary, node("ul", *items), cls=f"notes {kind}")


def _items(page: Page, entries: Sequence[Mapping[str, Any]]) -> list[Node]:
    items = [
        node("li", node("strong", _place(page, entry)), _sentence(page, entry, "reason"))
        for entry in entries[:MOST_LISTED]
    ]
    if len(entries) > MOST_LISTED:
        items.append(node("li", page.say("data_tab.and_more", n=len(entries) - MOST_LISTED)))
    return items


def _place(page: Page, entry: Mapping[str, Any]) -> str:
    """Which row, and of which file where there are several."""
    if not entry.get("row"):
        return str(entry.get("file", ""))
    if "last" in entry:
        place = page.say("data_tab.rows_in_file", first=entry["row"], last=entry["last"])
    else:
        place = page.say("data_tab.row_in_file", row=entry["row"])
    return page.say("import.in_file", file=entry["file"], place=place) if "file" in entry else place


def _sentence(page: Page, entry: Mapping[str, Any], key: str) -> str:
    """The sentence that `entry[key]` names, its placeholders filled from the rest of the entry."""
    return kept(entry[key], page.lang, **{name: value for name, value in entry.items() if name != key})


def split_table(page: Page, splits: Splits, kept: Mapping[Why, int]) -> list[Node]:
    """What to know before trusting a result: rows by part and label, how exact a test of this size is, and for which
    reasons how many rows were `kept` on one side."""
    facts = splits.lesson == "facts"
    counts = {part: Counter(example.target for example in getattr(splits, part)) for part in PARTS}
    heads = [page.say("data_tab.part"), *(page.say(f"data_tab.part_{part}") for part in PARTS)]
    lines = [_line(page.say("data_tab.all_rows"), [sum(counts[part].values()) for part in PARTS], "total")]
    lines += [_line(label, [counts[part][label] for part in PARTS]) for label in splits.labels]
    warnings = [node("p", icon("warn"), _sentence(page, warning, "key"), cls="warning") for warning in splits.warnings]
    return [
        node("p", page.say("data_tab.split_help_facts" if facts else "data_tab.split_help"), cls="soft"),
        *(warnings or [node("p", icon("check"), page.say("data_tab.split_fine"), cls="fine")]),
        node(
            "table",
            node("thead", node("tr", *(node("th", head, scope="col") for head in heads))),
            node("tbody", *lines),
            cls="numbers",
        ),
        *_asks_otherwise(page, splits),
        *_exactness(page, splits),
        *(_kept(page, kept) if splits.train and not facts else []),
    ]


def _asks_otherwise(page: Page, splits: Splits) -> list[Node]:
    """For rows held back whose answers are all taught: that the test asks for them in other words."""
    untaught = any(warning["key"] == "split.untaught_answers" for warning in splits.warnings)
    if not TASKS[splits.task].talks or splits.lesson != "manner" or untaught or not splits.test:
        return []
    return [node("p", page.say("split.other_words"), cls="soft")]


def _kept(page: Page, kept: Mapping[Why, int]) -> list[Node]:
    if not kept:
        return [node("p", page.say("split.kept_none"), cls="soft")]
    reasons = [node("li", page.say(f"split.kept_{why}", rows=f"{rows:,}")) for why, rows in kept.items()]
    return [node("h3", page.say("split.kept_title")), node("ul", *reasons, cls="kept")]


def _exactness(page: Page, splits: Splits) -> list[Node]:
    """The interval that a score of 90 % on this test would have, drawn on a scale from 0 to 100 %."""
    count = len(splits.test)
    if count == 0:
        return []
    low, high = expected(count)
    rows = len(splits.train) + len(splits.validation) + count
    said = page.say("split.interval", count=f"{count:,}", low=f"{low:.0%}", high=f"{high:.0%}")
    more = next((size for size in (100, 300) if size >= 2 * count), None)
    return [
        node("h3", page.say("split.interval_title")),
        node("p", said),
        node(
            "div",
            node("span", cls="reach", style=f"left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"),
            node("span", cls="score", style=f"left:{100 * SURE_AT:.0f}%"),
            *(node("small", f"{mark}%", style=f"left:{mark}%") for mark in (0, 50, 100)),
            cls="scale", role="img", **{"aria-label": said},
        ),
        *([_narrower(page, more, round(rows * more / count))] if more and splits.lesson != "facts" else []),
    ]  # fmt: skip


def _narrower(page: Page, tests: int, rows: int) -> Node:
    low, high = expected(tests)
    rounded = round(rows, -2 if rows >= 1000 else -1)
    said = page.say("split.interval_more", count=tests, rows=f"{rounded:,}", low=f"{low:.0%}", high=f"{high:.0%}")
    return node("p", said, cls="soft")


def _line(name: str, numbers: Sequence[int], cls: str = "") -> Node:
    return node("tr", node("th", name, scope="row"), *(node("td", f"{n:,}") for n in numbers), cls=cls)


def standing(page: Page, done: int, total: int) -> list[Node]:
    """One line beside the next step: how many rows are ready to be learned from."""
    if total == 0:
        return [node("p", page.say("data_tab.standing_empty"))]
    if done == 0:
        return [node("p", page.say("data_tab.standing_none", total=f"{total:,}"))]
    if done == total:
        return [node("p", icon("check"), page.say("data_tab.standing_all", total=f"{total:,}"))]
    return [node("p", page.say("data_tab.standing_some", done=f"{done:,}", left=f"{total - done:,}"))]
