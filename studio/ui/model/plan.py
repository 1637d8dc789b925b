"""What the Model tab says about a plan, as nodes: the sentence, the figures, the model's card, what will be learned.

Knows no studio and no widget.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.contract import Estimate, ModelCard, Shade
from studio.data.schema import Example
from studio.plan import Plan, duration
from studio.tasks import TASKS, Task
from studio.ui.kit.fragments import fact
from studio.ui.kit.nodes import Node, icon, node
from studio.ui.kit.page import Page


def thinking(page: Page) -> Node:
    """Before the first plan is made."""
    return node("p", page.say("model_tab.thinking"), cls="soft", role="status")


def plan_nodes(page: Page, plan: Plan) -> list[Node]:
    """One sentence, whether it fits, four figures, and the card of the model."""
    counts = plan.counts
    return [
        node("p", plan.sentence[page.lang], cls="sentence"),
        _badge(page, plan.estimate),
        node("div", *(fact(name, value) for name, value in figures(page, plan.estimate)), cls="facts"),
        _warning(page, "model_tab.cut", n=counts.truncated) if counts.truncated else "",
        _too_long(page, plan) if plan.left_out else "",
        _reasons(page, plan) if plan.reasons else "",
        _card(page, plan.card),
    ]


def _reasons(page: Page, plan: Plan) -> Node:
    """Each number that the plan decided, and why it is what it is."""
    said = [
        (f"{page.say(f'knobs.{name}')} {plan.config.model_dump()[name]:g}", reason[page.lang])
        for name, reason in plan.reasons.items()
    ]
    told = (piece for number, reason in said for piece in (node("dt", number), node("dd", reason)))
    return node("details", node("summary", page.say("model_tab.reasons")), node("dl", *told), cls="about reasons")


def _too_long(page: Page, plan: Plan) -> Node:
    """What to do about rows of which nothing can be learned: a setting, or, where the model reads no more, the rows."""
    key = "model_tab.too_long_for_model" if plan.at_the_limit else "model_tab.unlearnable"
    return _warning(page, key, n=plan.left_out, longest=plan.longest, context=plan.card.context)


def figures(page: Page, estimate: Estimate) -> list[tuple[str, str]]:
    """Steps, time, memory and disk, each with its name."""
    return [
        (page.say("model_tab.steps"), f"{estimate.steps:,}"),
        (page.say("model_tab.time"), duration(estimate.seconds, page.lang)),
        (page.say("model_tab.memory"), _size(estimate.memory_gib)),
        (page.say("model_tab.disk"), _size(estimate.disk_gib)),
    ]


def _badge(page: Page, estimate: Estimate) -> Node:
    mark = icon("check" if estimate.fit == "fits" else "warn")
    return node("p", mark, page.say(f"model_tab.fit_{estimate.fit}"), cls=f"badge {estimate.fit}")


def _card(page: Page, card: ModelCard) -> Node:
    known = [
        (page.say("model_tab.parameters"), _count(card.parameters)),
        (page.say("model_tab.layers"), f"{card.layers} × {card.hidden}"),
        (page.say("model_tab.vocabulary"), f"{card.vocabulary:,}"),
        (page.say("model_tab.context"), f"{card.context:,}"),
        (page.say("model_tab.size"), _size(card.size_gib)),
    ]
    told = page.say("model_tab.about_starter") if card.source == "starter" else card.id
    return node(
        "details",
        node("summary", page.say("model_tab.about")),
        node("p", told),
        node("div", *(fact(name, value) for name, value in known), cls="facts small"),
        cls="about",
    )


def preview_nodes(page: Page, shown: Sequence[tuple[Example, Sequence[tuple[str, Shade]]]], task: Task) -> list[Node]:
    """The rows turn by turn, in words; how the model writes them stands behind a fold."""
    compared = any(shade == "worse" for _, raw in shown for _, shade in raw)
    shades: tuple[Shade, ...] = ("learned", *(("worse",) if compared else ()), "ignored", "cut")
    names = [node("span", page.say(f"model_tab.shade_{shade}"), cls=shade) for shade in shades]
    legend = node("p", *names, cls="legend")
    rows = [
        node("div", *_said(page, example, raw, task), _raw(page, raw), cls="seen", dir="auto") for example, raw in shown
    ]
    return [node("p", page.say("model_tab.preview_help"), cls="soft"), legend, *rows]


def _said(page: Page, example: Example, raw: Sequence[tuple[str, Shade]], task: Task) -> list[Node]:
    """Turn by turn, each with who says it: what is only read, what was too long, and last what is learned."""
    texts = {shade: "".join(text for text, of in raw if of == shade) for _, shade in raw}
    learned, cut, read = (texts.get(shade, "") for shade in ("learned", "cut", "ignored"))
    asks, answers = TASKS[task].roles
    before = [turn for turn in example.context if turn.content in read or turn.content not in cut]
    lines = [_line(page, turn.role, turn.content, "ignored") for turn in before]
    words = texts.get("worse", "")
    if not learned and not words:
        return [*lines, _line(page, asks, example.text, "cut"), _line(page, answers, example.target, "cut")]
    gone = next((end for end in range(len(example.text), 0, -1) if cut.endswith(example.text[:end])), 0)
    kept = example.text[gone:]
    shortened = [_line(page, "cut", cut, "cut")] if cut else []
    worse = [_line(page, "worse", words, "worse")] if words else []
    answer = [_line(page, answers, learned, "learned")] if learned else []
    return [*lines, *shortened, _line(page, asks, kept, "ignored"), *answer, *worse]


def _line(page: Page, who: str, words: str, shade: Shade) -> Node:
    return node("p", node("small", page.say(f"model_tab.says_{who}")), " ", node("span", words.strip(), cls=shade))


def _raw(page: Page, raw: Sequence[tuple[str, Shade]]) -> Node:
    """The row with all the signs of the model's own template, for engineers."""
    end = node("small", page.say("model_tab.shade_end"))
    pieces = [node("span", text, cls=shade) for text, shade in raw]
    return node("details", node("summary", page.say("model_tab.raw")), node("p", *pieces, " ", end), cls="raw")


def _warning(page: Page, key: str, **details: int) -> Node:
    return node("p", icon("warn"), page.say(key, **details), cls="warning")


def _count(parameters: int) -> str:
    """10,500,000 as 10.5M, 596,000,000 as 0.6B: the way models are named."""
    return f"{parameters / 1e9:.1f}B" if parameters >= 5e8 else f"{parameters / 1e6:.0f}M"


def _size(gib: float) -> str:
    return f"{gib:.1f} GiB" if gib >= 0.1 else f"{1024 * gib:.0f} MiB"
