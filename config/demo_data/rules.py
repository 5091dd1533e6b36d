"""Routing rules of the demo: 晋江市 and its first street, each drafted by one person and published by another."""

from datetime import time

from complaints.actions import rule_sets
from complaints.models import RuleSet
from complaints.rule_states import SetState
from complaints.rules import Conditions, Days, Outcome, Rule
from config.demo_data.people import roster
from config.demo_data.places import JINJIANG
from config.demo_data.world import Say
from people import actors
from people.models import User
from tenancy import scope

FIRE_EQUIPMENT = Rule(
    "消防设施失效",
    Conditions(any_words=("消火栓", "灭火器", "消控室"), emergency=False),
    Outcome(kind="PM", urgency="U2", assists=("FR",)),
)
BUILDING_NOW = Rule(
    "正在搭建的违建", Conditions(any_words=("铁皮房", "正在搭建", "抢建")), Outcome(kind="UM", urgency="U2", assists=("ST",))
)
LIFT_DOWN = Rule(
    "电梯停用", Conditions(any_words=("电梯坏", "电梯停运"), emergency=False), Outcome(leaf="0202", kind="PM", assists=("MR",))
)
CANTEEN = Rule("助餐养老", Conditions(any_words=("老人食堂", "长者食堂", "助餐")), Outcome(kind="CM", assists=("CA",)))
FLYING_WIRES = Rule(
    "飞线充电", Conditions(any_words=("飞线", "插线板"), all_words=("充电",)), Outcome(kind="PM", urgency="U2", assists=("FR",))
)
NOBODY_SERVES = Rule("无物业小区环境卫生", Conditions(any_words=("垃圾", "保洁", "卫生"), served=False), Outcome(kind="CM"))
NIGHT_BURST = Rule(
    "休息日与夜间爆管",
    Conditions(any_words=("爆管", "水管破裂"), days=Days.OFF, hours=(time(17, 30), time(8, 30))),
    Outcome(kind="WS", assists=("ST",)),
)
OF_THE_COUNTY = (FIRE_EQUIPMENT, BUILDING_NOW, LIFT_DOWN)
OF_THE_STREET = (CANTEEN, FLYING_WIRES, NOBODY_SERVES, NIGHT_BURST)


def publish_all(say: Say) -> int:
    """Publish what is not published yet; how many sets. Doing it twice changes nothing."""
    street = JINJIANG.streets[0]
    end, made = JINJIANG.suffix, 0
    plan = [
        (JINJIANG.code, f"county{end}", f"county2{end}", OF_THE_COUNTY, "消防设施、违建抢建与电梯停用"),
        (street.code, f"clerk{end}", f"leader{end}", OF_THE_STREET, "助餐、飞线充电、无物业小区与夜间抢修"),
    ]
    for area, first, second, rules, note in plan:
        made += _publish(area, first, second, rules, note)
    if made:
        say(f"routing rules published: {made} sets")
    return made


def _publish(area: int, first: str, second: str, rules: tuple[Rule, ...], note: str) -> int:
    if RuleSet.objects.filter(area=area, state=SetState.PUBLISHED).exists():
        return 0
    drafting, publishing = _actor(first), _actor(second)
    with scope.place(area):
        made = rule_sets.draft(area=area, by=drafting, note=note, rules=rules)
        made = rule_sets.propose(made.pk, by=drafting, revision=made.revision)
        rule_sets.publish(made.pk, by=publishing, revision=made.revision)
    return 1


def _actor(username: str) -> actors.Actor:
    known = {person.username for person in roster().people}
    assert username in known, username
    return actors.of_user(User.objects.get(username=username))
