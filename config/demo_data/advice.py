"""Legal consultations of the demo: in each county one found helpful, one asked further, one that waits."""

from datetime import timedelta

from config.demo_data.places import COUNTIES, County
from config.demo_data.world import Say
from enforcement.actions import advice
from enforcement.advice_states import Topic
from enforcement.models import Consultation
from people import actors
from people.actors import Actor
from people.models import User
from tenancy import clock, scope

FEES = (
    "家里房子去年交付后一直空着没有入住，物业要求按全额交物业费，说不交就停水停电。空置期间可以少交吗？物业能停水停电吗？",
    "物业费按合同和政府指导价交纳，没有入住不是当然免交的理由，可先查合同对空置有无约定，再与物业企业协商。"
    "但物业服务人不得用停水停电的办法催交物业费。协商不成可申请人民调解。（示例答复）",
    "民法典 944",
)
RENT = (
    "业主大会还没有成立，物业想把电梯广告的收入直接抵作维修费用，需要经过业主同意吗？",
    "利用共有部分经营的收入扣除合理成本后属于业主共有，怎么用由业主共同决定，建议先公布收支，再征求业主意见。（示例答复）",
    "民法典 278、282",
)
FURTHER = "业主大会没有成立，“业主共同决定”具体怎么操作，要多少人同意？"
WALL = "楼上卫生间渗水泡坏了天花板，楼上说是防水层老化，让找物业，物业说是专有部分不归他们修。这笔修复费用该谁出？"


def ask_all(say: Say) -> None:
    """Ask three questions in every county that has none."""
    made = 0
    for county in COUNTIES:
        with scope.place(county.code):
            if not Consultation.objects.exists():
                _ask(county)
                made += 3
    if made:
        say(f"legal consultations: {made}")


def _ask(county: County) -> None:
    compound = county.streets[0].neighbourhoods[0].compounds[0].code
    resident, manager, adviser = (_actor(f"{name}{county.suffix}") for name in ("resident", "manager", "adviser"))
    now = clock.now()
    with clock.standing_at(now - timedelta(days=9)):
        first = advice.ask(area=compound, by=resident, topic=Topic.FEES, subject="房屋空置，物业费可以少交吗", text=FEES[0])
    with clock.standing_at(now - timedelta(days=7)):
        first = advice.answer(first.pk, by=adviser, version=first.version, text=FEES[1], rules=FEES[2])
        advice.rate(first.pk, by=resident, version=first.version, helpful=True)
    with clock.standing_at(now - timedelta(days=4)):
        second = advice.ask(
            area=compound,
            by=manager,
            topic=Topic.FUNDS,
            subject="电梯广告收入怎么用",
            text=RENT[0],
            behalf="业主委员会筹备组（示例）",
            shared=True,
        )
    with clock.standing_at(now - timedelta(days=2)):
        second = advice.answer(second.pk, by=adviser, version=second.version, text=RENT[1], rules=RENT[2])
        advice.ask_further(second.pk, by=manager, version=second.version, text=FURTHER)
    advice.ask(area=compound, by=resident, topic=Topic.HARM, subject="楼上渗水，修复费用谁出", text=WALL)


def _actor(username: str) -> Actor:
    return actors.of_user(User.objects.get(username=username))
