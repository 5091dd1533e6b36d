"""Routing rules of the demo: 晋江市 and its first street, each drafted by one person and published by another."""

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

FIRE_LANE = Rule("消防通道堵塞", Conditions(any_words=("消防通道", "消防车道", "登高面")), Outcome(kind="FR", assists=("PM",)))
NIGHT_NOISE = Rule(
    "夜间施工噪声",
    Conditions(any_words=("夜里施工", "半夜施工", "凌晨施工", "夜间施工")),
    Outcome(kind="UM", assists=("EE",)),
)
BIG_COMPOUND_LIFT = Rule(
    "大型小区电梯停运",
    Conditions(any_words=("电梯停运", "电梯坏了", "电梯故障"), homes_from=100, emergency=False),
    Outcome(leaf="0202", urgency="U2", assists=("MR",)),
)
NOBODY_SERVES = Rule("无物业小区环境卫生", Conditions(any_words=("垃圾", "保洁", "卫生"), served=False), Outcome(kind="CM"))
DAYS_OFF = Rule(
    "休息日漏水", Conditions(any_words=("爆管", "水管破裂", "停水"), days=Days.OFF), Outcome(kind="WS", assists=("ST",))
)
OF_THE_COUNTY = (FIRE_LANE, NIGHT_NOISE, BIG_COMPOUND_LIFT)
OF_THE_STREET = (NOBODY_SERVES, DAYS_OFF)


def publish_all(say: Say) -> int:
    """Publish what is not published yet; how many sets. Doing it twice changes nothing."""
    street = JINJIANG.streets[0]
    end, made = JINJIANG.suffix, 0
    plan = [
        (JINJIANG.code, f"county{end}", f"county2{end}", OF_THE_COUNTY, "消防、夜间施工与大型小区电梯"),
        (street.code, f"clerk{end}", f"leader{end}", OF_THE_STREET, "无物业小区与休息日抢修"),
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
