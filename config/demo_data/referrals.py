"""Referrals of the demo: in each county with a court one that waits for what both sides say."""

from config.demo_data.places import COUNTIES, County
from config.demo_data.world import Say
from enforcement.actions import referrals
from enforcement.models import Referral
from people import actors
from people.actors import Actor
from people.models import User
from people.queries import narrowest
from tenancy import scope

TEXT = (
    "业主认为电梯停运期间服务打折，要求减收部分物业费；物业企业认为已按合同组织维修，应当足额收取。"
    "社区调解两次，双方愿意请法官工作站继续调解。"
)


def ask_all(say: Say) -> None:
    """Draft one, name both sides, and ask them, in every county with a court that has none."""
    made = 0
    for county in COUNTIES:
        with scope.place(county.code):
            if not Referral.objects.exists():
                made += _ask(county)
    if made:
        say(f"referrals: {made} waiting for consent")


def _ask(county: County) -> int:
    compound = county.streets[0].neighbourhoods[0].compounds[0]
    court = narrowest("CT", compound.code)
    if court is None:
        return 0
    clerk, resident, manager = (_actor(f"{name}{county.suffix}") for name in ("clerk", "resident", "manager"))
    row = referrals.draft(area=compound.code, court=court.pk, subject="电梯停运期间物业费争议", text=TEXT, by=clerk)
    for version, (person, side) in enumerate(((resident, "业主"), (manager, "物业企业")), 1):
        phone, name = person.user.phone or "", person.user.name
        referrals.add_party(row.pk, by=clerk, version=version, name=name, side=side, phone=phone)
    referrals.ask(row.pk, by=clerk, version=3)
    return 1


def _actor(username: str) -> Actor:
    return actors.of_user(User.objects.get(username=username))
