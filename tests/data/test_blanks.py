"""Blanks that nobody filled in stop the training until they are filled or let pass; what is meant stops nothing."""

from __future__ import annotations

import pytest

from studio.data.checkup import STOPPING, look_for
from studio.data.checkup.blanks import blanks
from studio.data.checkup.mending import allow, examine
from studio.data.datastore import DataStore
from studio.data.schema import Message, Row
from tests.data.checked import rows
from tests.data.conftest import refusal


@pytest.mark.parametrize(
    "text",
    [
        "我是{{name}}。", "我是{{ author }}做的。", "您好，{name}先生", "您好，{姓名}", "欢迎光临[店名]",
        "我叫【机器人名】",
        "请联系<客服名>", "满XX元减XX元", "电话是XXXX", "地址：××路××号", "营业时间：____", "价格是＿＿元",
        "【请填写地址】",
        "Hello, I am [Your Name].", "Call us at xxx", "Dear <customer name>,", "${price}元", "答案待补充", "TODO",
        "您的订单[编号]已发货", "在XX年开业",
    ],
)  # fmt: skip
def test_a_blank_is_seen(text: str) -> None:
    assert list(blanks(text))


@pytest.mark.parametrize(
    "text",
    [
        "尺码有 XL、XXL 和 XXXL", "请打[电话]", "发到[邮箱]", "我们在[地址]", "[微笑]好的", "【活动】满30减5",
        "《店名》这首歌",
        "x = {1, 2}", '{"a": 1}', "```python\nprint(f\"{name}\")\n```", "2×3=6", "1920x1080", "http://a.cn/xxx/b",
        "小写 x",
        "5 x 5 厘米", "a_b_c", "see [1] and [2]", "约 20 元", "</div> {name}", "def f():\n    return {name}",
        "[玫瑰]谢谢",
    ],
)  # fmt: skip
def test_what_is_meant_is_no_blank(text: str) -> None:
    assert list(blanks(text)) == []


def test_answers_are_looked_at_and_not_what_customers_write() -> None:
    held = rows(("你叫{name}吗", "我叫小灶"), ("你是谁", "我是{name}"), ("在吗", ""))
    finding = look_for("unfilled", held, "chat")
    assert finding is not None and finding.rows == (2,) and finding.details == {"blank": "{name}"}
    assert look_for("unfilled", held, "classify") is None
    told = [Row(1, "在吗", "在", None, 0, False, (Message("system", "你是[店名]的店员"),))]
    assert look_for("unfilled", told, "chat") is not None


def test_what_stops_is_grave_until_a_person_lets_it_pass(store: DataStore) -> None:
    pairs = [(f"第{n}个问题是什么", f"第{n}个回答，满XX元就送") for n in range(20)]
    dataset = store.add_rows("问答", "chat", pairs).id

    def seen() -> tuple[str, int]:
        found = examine(store, dataset)
        return next(one.severity for one in found.findings if one.kind == "unfilled"), found.score

    severity, score = seen()
    assert severity == "error"
    allow(store, dataset, "unfilled")
    assert store.get(dataset).report.allowed == ("unfilled",)
    assert seen()[0] == "info" and seen()[1] > score
    assert refusal(lambda: allow(store, dataset, "duplicate")) == "checkup.nothing_to_allow"
    assert {"unfilled"} == STOPPING
