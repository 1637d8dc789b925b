"""Personal data are found and masked where they stand; ordinary numbers and places are left alone."""

from __future__ import annotations

import pytest

from studio.data.checkup.personal import mask
from tests.data.checked import CLEAN, CLEAN_CHAT, found

PERSONAL = [
    ("打我电话13800138000吧", "打我电话[电话]吧"),
    ("电话 138-0013-8000", "电话 [电话]"),
    ("手机：+86 138 0013 8000。", "手机：[电话]。"),
    ("我是１３８００１３８０００", "我是[电话]"),
    ("座机020-88888888", "座机[电话]"),
    ("打（0571）8765 4321", "打[电话]"),
    ("在国外 +1 415 555 2671", "在国外 [电话]"),
    ("call me: (415) 555-2671", "call me: [phone]"),
    ("邮箱 lihua@example.com", "邮箱 [邮箱]"),
    ("加微信：milktea_88", "加微信：[微信]"),
    ("加v lihua1988", "加v [微信]"),
    ("QQ 12345678，加我", "QQ [QQ]，加我"),
    ("身份证11010519491231002X", "身份证[身份证]"),
    ("卡号6217 0012 1002 4455 220", "卡号[银行卡]"),
    ("Visa 4111111111111111", "Visa [bank card]"),
    ("车牌粤B·D12345", "车牌[车牌]"),
    ("送到北京市朝阳区建国路88号院3号楼1单元502室谢谢", "送到[地址]谢谢"),
    ("我住幸福小区5号楼1203", "我住[地址]"),
    ("deliver to 123 Main Street, Apt 4", "deliver to [address]"),
]
ORDINARY = [
    "订单号20260131142501333", "订单13800138000", "运单号773012345678901", "编号6217001210024455220",
    "一共1380013元", "价格 13.80", "1.3800138000", "¥15800138000元", "满200减30", "100-200块", "4.5折", "比分3-2",
    "等了138分钟才到", "10:30-12:30营业", "2026-01-31 14:25", "20260131", "版本1.2.3.4", "110519491231002211",
    "400-820-8820", "客服95588", "微信支付很方便", "微信群里说的", "微信小程序MiniShop点单", "QQ音乐", "@小王", "3@5",
    "地铁2号线", "第3号窗口", "等了2号那天才到", "超市旁边的路3号", "南京路步行街", "5号楼", "新A套餐", "双11活动",
    "110105194912310021", "6222021203012345678", "https://x.com/a?id=13800138000123", "waited 45 minutes on the Road",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), PERSONAL)
def test_personal_data_is_found_and_masked_where_it_stands(text: str, masked: str) -> None:
    assert found(*CLEAN, (text, "好评"))["personal_data"] == (121,)
    assert mask(text, "en" if text.isascii() else "zh") == masked


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_numbers_and_places_are_not_personal_data(text: str) -> None:
    assert "personal_data" not in found(*CLEAN, (text, "好评"))


def test_a_shops_own_telephone_in_its_answers_is_told_apart_from_a_customers() -> None:
    spoken = [
        ("可以预约吗", "您打020-88888888就好"),
        ("我电话13800138000", "好的，13800138000对吗"),
        ("你们电话多少", "020-88888888"),
        ("发给谁", "身份证11010519491231002X的那位"),
    ]
    assert found(*CLEAN_CHAT, *spoken, task="chat") == {"personal_data": (122, 124), "contact_in_reply": (121,)}
