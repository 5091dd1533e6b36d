"""Texts find their leaf, dangers are never missed, and what is unclear is said to be."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.catalogue import FALLBACK_LEAF, Catalogue
from complaints.classify import CONFIDENT, classify, fold
from complaints.emergencies import DANGERS
from complaints.keywords import matcher
from complaints.learning.fitting import train
from complaints.learning.model import Model
from complaints.learning.texts import EMERGENCY, written
from tools.measure_routing import WANTED, judge, samples

CATALOGUE = Catalogue.load()


def test_a_stopped_lift_goes_to_the_property_firm_without_alarm() -> None:
    decision = classify("三号楼电梯又停了，老人下不来", CATALOGUE)
    assert (decision.leaf, decision.emergency, decision.reason_code) == ("0202", False, "learned")
    assert decision.confidence >= CONFIDENT
    assert decision.automatic
    assert decision.words


def test_a_stopped_lift_with_somebody_inside_is_an_emergency() -> None:
    decision = classify("三号楼电梯又停了，有人被困在里面", CATALOGUE)
    assert (decision.leaf, decision.emergency, decision.reason_code) == ("0201", True, "emergency")
    assert "119" in decision.emergency_line
    assert decision.automatic


DANGEROUS = [
    ("0201", "人被困在电梯里"),
    ("0201", "电梯关人了"),
    ("0201", "电梯困人,快来"),
    ("0201", "我妈妈一个人关在5号楼的电梯里"),
    ("0201", "电梯卡在八楼不动,里面还有两个小孩"),
    ("0201", "电梯门打不开，我们三个人出不去"),
    ("0201", "电梯里困了人，2单元"),
    ("0201", "之前报修没人管,我现在被困在电梯里"),
    ("0201", "上次修过的那部电梯现在又把人困住了"),
    ("0201", "I am stuck in the lift of building 3"),
    ("0306", "家里一股煤气味"),
    ("0306", "好像是燃气泄漏，头有点晕"),
    ("0306", "楼道里天然气味道很重"),
    ("0306", "从昨天开始楼道就闻到煤气"),
    ("0306", "会不会是煤气泄漏"),
    ("0306", "strong smell of gas on the 3rd floor"),
    ("0106", "楼道冒烟"),
    ("0106", "楼道里冒烟了,不知道哪里来的"),
    ("0106", "着 火 了 ! !"),
    ("0106", "车棚里电瓶车烧起来了"),
    ("0106", "插座冒火花，闻到糊味"),
    ("0106", "是不是着火了?好大的烟"),
    ("0907", "有人晕倒"),
    ("0907", "有人晕倒在楼下花园"),
    ("0907", "老人摔倒了，流了好多血"),
    ("0907", "小孩掉进水池里了"),
    ("0907", "九楼有人要跳楼"),
    ("0907", "隔壁独居的奶奶敲门没人应,好几天没见了"),
    ("0903", "有人持刀"),
    ("0903", "门口有人拿着刀乱挥"),
    ("0903", "楼下打起来了，好几个人"),
    ("0903", "隔壁在打老婆，一直喊救命"),
    ("0304", "水管爆了，水正在往电表箱里喷"),
    ("0401", "外墙的瓷砖正在往下掉，下面是幼儿园"),
    ("0305", "路灯杆漏电，有小孩被麻到"),
]


@pytest.mark.parametrize(("leaf", "text"), DANGEROUS)
def test_danger_now_is_an_alarm_with_somebody_to_call(leaf: str, text: str) -> None:
    decision = classify(text, CATALOGUE)
    assert decision.emergency
    assert decision.leaf == leaf
    assert decision.emergency_line
    assert decision.emergency_line_en


HARMLESS = [
    "希望电梯不要再困人",
    "上个月电梯困人三次，维保记录造假",
    "去年车棚着火以后消防设施一直没修好",
    "消防通道都停满车，万一着火怎么办",
    "电动车楼道充电，容易着火",
    "装电梯一楼有困难，不同意",
    "电梯里有人抽烟，烟味很重",
    "物业昨天做了消防演练，烟雾报警器没响",
    "燃气报警器过期了想换一个",
    "小区的狗昨天又打架，吵死人",
    "客服电话打人工打不通",
    "门口那棵树要砍掉吗",
    "楼下烧烤店天天烤串，油烟太大",
    "物业说消杀过了，还是很多蚊子",
    "公共区域安装急救箱可以吗",
    "厨房漏水，燃气公司说不归他们管",
    "物业被打分太低也不整改",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_wishes_hypotheses_drills_and_the_past_are_no_alarm(text: str) -> None:
    assert not classify(text, CATALOGUE).emergency


def test_a_danger_that_is_over_does_not_choose_an_emergency_leaf() -> None:
    assert classify("上个月电梯困人三次，维保记录造假", CATALOGUE).leaf == "0203"
    past = classify("去年浓烟熏黑的墙面", CATALOGUE)
    assert past.leaf is None or not CATALOGUE.leaf(past.leaf).emergency
    trapped = classify("上个月轿厢困人", CATALOGUE)
    assert not trapped.automatic
    assert trapped.leaf is None or not CATALOGUE.leaf(trapped.leaf).emergency


def test_every_danger_points_at_a_leaf_and_every_emergency_leaf_has_a_danger() -> None:
    pointed_at = {CATALOGUE.leaf(danger.leaf).code for danger in DANGERS}
    assert {leaf.code for leaf in CATALOGUE.leaves if leaf.emergency} <= pointed_at


@pytest.fixture(scope="module")
def unspoilt() -> Model:
    """A model that has seen neither held-back set."""
    return train(written(), CATALOGUE)


HELD_BACK = pytest.mark.parametrize("name", ["sample_texts", "second_texts"])


@HELD_BACK
def test_every_emergency_among_texts_never_seen_is_caught(unspoilt: Model, name: str) -> None:
    missed = [s.text for s in samples(name) if s.action == EMERGENCY and not classify(s.text, CATALOGUE, unspoilt).emergency]
    assert missed == []


@HELD_BACK
def test_texts_never_seen_find_their_leaf_their_department_and_mostly_their_way(unspoilt: Model, name: str) -> None:
    outcomes = judge(samples(name), unspoilt)
    automatic = [o for o in outcomes if o.automatic()]
    assert sum(o.leaf == o.text.leaf for o in outcomes) >= 0.85 * len(outcomes)
    assert sum(o.right for o in outcomes) >= 0.9 * len(outcomes)
    assert len(automatic) >= 0.75 * len(outcomes)
    assert sum(o.right for o in automatic) >= WANTED * len(automatic)


def test_false_alarms_stay_rare(unspoilt: Model) -> None:
    calm = [s for name in ("sample_texts", "second_texts") for s in samples(name) if s.action != EMERGENCY]
    assert sum(classify(s.text, CATALOGUE, unspoilt).emergency for s in calm) <= 0.04 * len(calm)


@pytest.mark.parametrize(
    "text", ["三号楼电梯坏了", "三号楼 电 梯 坏 了", "三号楼「电梯」坏了!!!", "三号楼电\u200b梯坏了", "三号楼电梯坏了😡"]
)
def test_spaces_marks_and_invisible_characters_change_nothing(text: str) -> None:
    assert classify(text, CATALOGUE).leaf == "0202"


def test_full_width_and_case_change_nothing() -> None:
    assert fold("ＫＴＶ　吵") == fold("ktv 吵") == "ktv吵"
    assert classify("楼下ＫＴＶ太吵", CATALOGUE).leaf == classify("楼下ktv太吵", CATALOGUE).leaf == "0802"


def test_latin_keywords_match_whole_words_only() -> None:
    assert "ktv" not in classify("xktvx", CATALOGUE).words


def test_a_word_inside_a_longer_one_does_not_count() -> None:
    scores, _words = matcher(CATALOGUE).scores("消防栓没水")
    assert "0101" in scores
    assert "0301" not in scores  # 没水 alone is a cut-off
    assert classify("消防栓没水", CATALOGUE).leaf == "0101"
    assert classify("没水", CATALOGUE).leaf == "0301"


@pytest.mark.parametrize("text", ["", "   ", "！！！", "懂的都懂", "\x00\ud800"])
def test_a_text_without_known_words_says_so(text: str) -> None:
    decision = classify(text, CATALOGUE)
    assert (decision.leaf, decision.confidence, decision.reason_code) == (None, 0.0, "no_words")
    assert not decision.automatic


def test_a_passing_word_alone_is_unsure_but_leaves_a_suggestion() -> None:
    decision = classify("隔壁的事情我已经说过很多遍了到底有没有人听啊", CATALOGUE)
    assert decision.reason_code == "unsure"
    assert decision.leaf is not None
    assert decision.confidence < CONFIDENT
    assert not decision.automatic


def test_two_matters_in_one_text_name_both() -> None:
    decision = classify("楼道灯不亮，垃圾桶满了没人收", CATALOGUE)
    assert {decision.leaf, *(code for code, _ in decision.alternatives)} >= {"0404", "0701"}


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text_gives_a_sound_decision_and_always_the_same(text: str) -> None:
    decision = classify(text, CATALOGUE)
    assert decision == classify(text, CATALOGUE)
    assert 0.0 <= decision.confidence <= 1.0
    assert decision.leaf != FALLBACK_LEAF
    assert (decision.leaf is None) == (decision.reason_code == "no_words")
    assert decision.leaf not in {code for code, _ in decision.alternatives}
    assert decision.emergency == bool(decision.emergency_line)
    assert decision.emergency or decision.reason_code != "emergency"
    if decision.leaf and not decision.emergency:
        assert not CATALOGUE.leaf(decision.leaf).emergency


def test_a_text_takes_less_than_five_milliseconds() -> None:
    texts = [sample.text for sample in samples("sample_texts")]
    classify(texts[0], CATALOGUE)
    spent = []
    for text in texts:
        began = time.process_time()
        classify(text, CATALOGUE)
        spent.append(time.process_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.005


@pytest.mark.parametrize("text", ["电梯" * 2500, "卡在" * 2500, "困" * 5000, "," * 5000, "没水管电梯停燃气味" * 600])
def test_a_hostile_long_text_does_not_hold_up_a_worker(text: str) -> None:
    began = time.process_time()
    classify(text, CATALOGUE)
    assert time.process_time() - began < 1.0
