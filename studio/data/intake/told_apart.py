"""What tells questions apart that are asked in the same words and answered otherwise: the product, the shop.

Knows no task: which columns ask and answer is the caller's to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from studio.data.asking import joined
from studio.data.intake.looks import look
from studio.data.reading.headers import plain
from studio.data.schema import Table

# Within the name of a column of things that are asked about; who answered, and when, no customer says.
THINGS = (
    "产品", "商品", "品名", "菜名", "菜品", "名称", "型号", "款式", "规格", "品牌", "车型", "机型", "系列", "项目",
    "课程", "套餐", "服务", "业务", "门店", "店名", "店铺", "分店", "校区", "城市", "地区", "渠道", "平台", "系统",
    "模块", "科室", "部门", "类别", "分类", "品类", "主题", "場所",
    "product", "item", "model", "brand", "store", "branch", "shop", "service", "course", "plan", "city", "platform",
    "category", "topic", "module", "department",
)  # fmt: skip
LONGEST = 30  # characters on average
FEWEST = 2  # questions with several answers


def told_apart(table: Table, asking: Sequence[int], answering: Sequence[int], spare: Sequence[int]) -> int | None:
    """The place of the column of things with which every question has one answer; None where each has without it, or
    where no such column is among `spare`."""
    if not asking or not answering or len(_several(table, asking, answering)) < FEWEST:
        return None
    for j in spare:
        seen = look(table, j)
        named = any(word in plain(table.columns[j]) for word in THINGS)
        repeated = seen.filled and 1 < seen.distinct < seen.filled
        if named and repeated and seen.length <= LONGEST and not _several(table, [j, *asking], answering):
            return j
    return None


def _several(table: Table, asking: Sequence[int], answering: Sequence[int]) -> set[str]:
    """The questions that have more than one answer."""
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for row in table.rows:
        if (question := joined(row, asking)) and (answer := joined(row, answering)):
            answers[question].add(answer)
    return {question for question, held in answers.items() if len(held) > 1}
