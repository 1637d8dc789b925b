"""A web page without a table whose headings, terms or buttons are questions, with the answers below them.

Knows no table; runs only in the child process, because a hostile page can be very large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from studio.data.reading.grid import Grid
from studio.data.reading.texts.asking import asks
from studio.data.reading.texts.faq import FEWEST, MOST, Pair, grid_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ASKING = (
    "summary",
    "dt",
    "button",
    *reversed(HEADINGS),
    "legend",
    '[class*="question"]',
    "strong",
    "b",
)  # the most particular first
AROUND = ["nav", "footer", "aside", "form", "head", "svg"]  # of a page, what answers nothing


def read_asked_page(page: LexborHTMLParser, encoding: str, shown: Callable[[LexborNode], str]) -> Grid | None:
    """The questions of the tag whose texts mostly ask, with all that follows each; None for any other page.

    `shown` gives the text of a node as a browser shows it.
    """
    page.strip_tags(AROUND)
    if page.body is None:
        return None
    for tag in ASKING:
        nodes = _innermost([(node, words) for node in page.css(tag) if (words := shown(node))])
        if len(nodes) < FEWEST or sum(asks(words) for _, words in nodes) < MOST * len(nodes):
            continue
        pairs = _pairs(nodes, shown)
        if sum(bool(pair.answer[0]) for pair in pairs) >= MOST * len(pairs):
            return grid_of(pairs, [], encoding, "html")
    return None


def _innermost(nodes: list[tuple[LexborNode, str]]) -> list[tuple[LexborNode, str]]:
    held = _held(nodes)
    return [(node, words) for node, words in nodes if held[node.mem_id] == 1]


def _held(nodes: list[tuple[LexborNode, str]]) -> Counter[int]:
    """How many of the nodes stand in each block of the page."""
    return Counter(above.mem_id for node, _ in nodes for above in _above(node))


def _pairs(nodes: list[tuple[LexborNode, str]], shown: Callable[[LexborNode], str]) -> list[Pair]:
    """Each question with the rest of the block that holds no other, or with what stands between it and the next."""
    held = _held(nodes)
    return [
        Pair(number, words.replace("\n", " "), [_answer(node, held, shown)])
        for number, (node, words) in enumerate(nodes, 1)
    ]


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above: LexborNode | None = node
    while above is not None and above.tag not in ("body", "html"):
        yield above
        above = above.parent


def _answer(node: LexborNode, held: Counter[int], shown: Callable[[LexborNode], str]) -> str:
    parts: list[str] = []
    for above in _above(node):
        if above.mem_id != node.mem_id and held[above.mem_id] > 1:
            break  # a block of several questions: what stands below this one in it was taken
        after = above.next
        while after is not None and not held[after.mem_id] and after.tag not in HEADINGS:
            words = (after.text_content or "").strip() if after.tag == "-text" else shown(after)
            parts += [words] if any(map(str.isalnum, words)) else []  # and not the sign that opens it
            after = after.next
        if parts or after is not None:
            break
    return "\n".join(parts)
