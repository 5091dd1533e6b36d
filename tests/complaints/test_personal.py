"""Personal data and insults: found where they stand, masked for good, and never an error."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import abuse, personal

FOUND = [
    ("手机号19900000003,请回电", "phone", "19900000003"),
    ("电话 199 0000 0003", "phone", "199 0000 0003"),
    ("１９９００００００03", "phone", "１９９００００００03"),
    ("座机0595-85680000", "phone", "0595-85680000"),
    ("身份证350582199001011234", "id_card", "350582199001011234"),
    ("卡6222000000000000000被扣", "bank_card", "6222000000000000000"),
    ("卡号6222 0000 0000 0000 000", "bank_card", "6222 0000 0000 0000 000"),
    ("闽C·0A735挡着门", "plate", "闽C·0A735"),
    ("我叫林建国,住楼上", "name", "林建国"),
    ("我是陈小红,想反映", "name", "陈小红"),
    ("住12号楼1单元1802,", "address", "12号楼1单元1802"),
    ("7-203的人", "address", "7-203"),
    ("5栋2单元1206快来", "address", "5栋2单元1206"),
    ("写信到a.b@example.com谢谢", "email", "a.b@example.com"),
    ("微信号abc_12345加我", "account", "微信号abc_12345"),
    ("我是肢体三级残疾", "health", "肢体三级残疾"),
    ("孩子缝了五针", "health", "缝了五针"),
    ("我女儿(小学三年级,金井小学)", "minor", "小学三年级,金井小学"),
    ("请不要泄露我的信息", "confidential", "不要泄露我的信息"),
    ("我转了3200元", "financial", "3200元"),
]
NOTHING = [
    "三号楼电梯又停了",
    "我是业主,我是张江小区的",
    "路灯坏了2024年10月5日报修",
    "收费3200元太贵",
    "18栋对面在施工",
    "物业费每月2.80元/平方,涨到3.50",
    "订单号A8821-0093",
    "残疾人车位被占",
]


@pytest.mark.parametrize(("text", "kind", "said"), FOUND)
def test_personal_data_is_found_where_it_stands(text: str, kind: str, said: str) -> None:
    assert (kind, said) in [(span.kind, text[span.start : span.end]) for span in personal.find(text)]


@pytest.mark.parametrize("text", NOTHING)
def test_what_finds_nobody_is_left_alone(text: str) -> None:
    assert personal.find(text) == ()
    assert personal.masked(text) == text


def test_the_masked_text_keeps_the_matter_and_loses_the_person() -> None:
    text = "我叫林建国,住12号楼1单元1802,银行卡6222000000000000000被物业划走了2860元"
    assert (
        personal.masked(text)
        == "我叫＊＊＊,住＊＊＊＊＊＊＊＊＊＊＊,银行卡＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊被物业划走了2860元"
    )


PIECES = st.lists(st.one_of(st.sampled_from([text for text, _, _ in FOUND] + NOTHING), st.text(max_size=12)), max_size=6)


@given(PIECES.map("".join))
def test_spans_lie_inside_the_text_in_order_and_masking_twice_changes_nothing(text: str) -> None:
    spans = personal.find(text)
    assert all(0 <= span.start < span.end <= len(text) and span.kind in personal.KINDS for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    masked = personal.masked(text)
    assert len(masked) == len(text)
    assert personal.masked(masked) == masked
    assert all(span.kind in personal.SHOWN for span in personal.find(masked))


@pytest.mark.parametrize("text", ["你们是不是傻*逼", "他妈的又停水", "This is FUCKING loud", "物业是死人吗", "神 经 病"])
def test_insults_are_found(text: str) -> None:
    assert abuse.abusive(text)


@pytest.mark.parametrize("text", ["垃圾没人收", "电梯坏了真气人", "usb口坏了", "妈妈的药被偷了", "我要投诉"])
def test_anger_without_insult_is_not_folded(text: str) -> None:
    assert not abuse.abusive(text)


@given(st.text(max_size=300))
def test_insults_lie_inside_the_text_in_order(text: str) -> None:
    ends = [0]
    for start, end in abuse.find(text):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
