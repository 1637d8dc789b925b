"""A file as a shop really has it, with what must become of it, and the rows that such files hold.

Knows no parser and no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.data.schema import Reading

Pairs = list[tuple[str, str]]
REVIEWS: Pairs = [
    ("珍珠很软糯，下次还来", "好评"), ("等了一个小时还没送到", "差评"), ("味道一般，价格还行", "中性"),
    ("店员很热情，推荐", "好评"), ("太甜了，喝不下去", "差评"), ("份量刚好，包装干净", "好评"),
]  # fmt: skip
QUESTIONS: Pairs = [
    ("你们几点开门？", "早上九点半开门，晚上十点关门。"), ("可以少糖吗？", "可以，少糖是减20%的糖浆。"),
    ("外卖多久能到？", "三公里以内大约三十分钟。"), ("能开发票吗？", "能，请把抬头发给我们。"),
    ("有没有停车的地方？", "门口有两个车位，地下也能停。"), ("生日有优惠吗？", "生日当天第二杯半价。"),
]  # fmt: skip
TRADITIONAL: Pairs = [
    ("珍珠很軟，奶茶也好喝，下次還會來", "好評"), ("等了一個小時還沒有送到", "差評"), ("味道普通，價格偏貴", "中性"),
    ("店員的服務很親切，推薦", "好評"), ("飲料太甜，喝不完", "差評"), ("環境乾淨，適合聊天", "好評"),
]  # fmt: skip
JAPANESE: Pairs = [
    ("とても美味しいです。また来ます", "良い"), ("三十分も待ちました", "悪い"), ("味は普通でした", "普通"),
    ("店員さんが親切でした", "良い"), ("値段が高いと思います", "悪い"), ("タピオカがもちもち", "良い"),
]  # fmt: skip
ENGLISH: Pairs = [
    ("Lovely tea, will come again", "good"), ("Waited an hour for it", "bad"), ("It was fine, nothing more", "neutral"),
    ("Very friendly staff", "good"), ("Far too sweet for me", "bad"), ("Neat box and good portion", "good"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`rows` are what must come out; where `refusal` is set, that is the question or the sentence instead.

    `said` are reasons that the report must hold, as (row, reason), with row 0 for the whole file.
    """

    name: str
    content: bytes
    rows: Pairs | None = None
    said: Sequence[tuple[int, str]] = ()
    refusal: str = ""
    reading: Reading = field(default_factory=Reading)
    context: Sequence[tuple[str, ...]] = ()  # (speaker, words …) before the last row's question
    worse: Sequence[str] = ()  # the answer that each row's is better than, where that is what is learned
