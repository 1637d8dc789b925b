"""Which columns are parts of one text: an instruction and its input, a question and its passage, two sentences.

Knows no cells, only their looks; a person's word and a column that answers are never overruled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.data.intake.looks import Look
from studio.data.reading.headers import numbered, plain
from studio.tasks import TASKS, Role, Task

# What a question is asked about, whichever column asks it: alpaca's input, Dolly's context, a reader's passage.
ABOUT = (
    "input", "context", "passage", "paragraph", "document", "article", "background", "material",
    "输入", "輸入", "上下文", "背景", "背景信息", "背景资料", "材料", "段落", "篇章", "文章", "参考资料", "参考内容",
    "已知信息", "补充说明", "补充信息",
)  # fmt: skip
# Two texts that have one label together, beside those whose names differ in a number or a letter (sentence1, text_b).
PAIRS = (
    ("premise", "hypothesis"), ("sentence", "question"), ("question", "passage"), ("question", "context"),
    ("query", "passage"), ("query", "title"), ("query", "document"), ("query", "doc"),
    ("abst", "keyword"), ("前提", "假设"), ("title", "description"), ("title", "content"),
    ("title", "text"), ("title", "body"), ("标题", "正文"), ("标题", "内容"), ("標題", "內容"),
)  # fmt: skip
# What stands above a question and says in short what it is about, as in a forum or in a customer's letter.
ABOVE = ("title", "subject", "标题", "標題", "主题", "主題", "题目", "問題標題", "问题标题")
ALIKE = 3  # times: as much longer may the one of two unnamed sentences be on average


def parts(
    names: Sequence[str], looks: Mapping[str, Look], roles: Mapping[str, Role], task: Task, *, unnamed: bool
) -> tuple[str, ...]:
    """Of the columns `names`, those that make one text together, the one that asks first; none where one says it all.

    `unnamed`: the file has no header.
    """
    source = TASKS[task].roles[0]
    asking = [name for name, role in roles.items() if role == source]
    spare = [name for name in names if roles.get(name, "ignore") in ("ignore", source) and looks[name].filled]
    if TASKS[task].talks:
        about = [name for name in spare if name not in asking[:1] and _says_more(plain(name), looks[name])]
        return (*asking[:1], *about) if asking and about else ()
    spare = [name for name in spare if looks[name].prose]
    for pair in (*_known(spare), *_numbered(spare), *(_alike(spare, looks) if unnamed else ())):
        if set(asking) <= set(pair):
            return pair
    return ()


def _says_more(word: str, look: Look) -> bool:
    return word in ABOUT or (word in ABOVE and look.prose)


def _known(names: Sequence[str]) -> list[tuple[str, ...]]:
    called = {plain(name): name for name in names}
    return [(called[one], called[other]) for one, other in PAIRS if one in called and other in called]


def _numbered(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The columns that are one name with the numbers 1 and 2; with a third it is no pair."""
    by_stem: dict[str, dict[int, str]] = {}
    for name in names:
        if found := numbered(name):
            by_stem.setdefault(found[0], {}).setdefault(found[1], name)
    return [(held[1], held[2]) for held in by_stem.values() if held.keys() == {1, 2}]


def _alike(names: Sequence[str], looks: Mapping[str, Look]) -> list[tuple[str, ...]]:
    """The only two columns of sentences, where neither is so much longer that the other is but a name; no keywords."""
    names = [name for name in names if not looks[name].keywords]
    lengths = [looks[name].length for name in names]
    return [tuple(names)] if len(names) == 2 and max(lengths) <= ALIKE * min(lengths) else []
