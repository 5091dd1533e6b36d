"""Check lists of the demo: each county drafts the sample that comes with Mulin, and a second person publishes it."""

from datetime import timedelta

from django.db import transaction

from communities.actions import postings
from config.demo_data.boards import days_ago, holder
from config.demo_data.pictures import picture
from config.demo_data.places import COUNTIES, JINJIANG, QUANGANG, compounds
from config.demo_data.world import Say
from enforcement.actions import check_lists, shown_lists
from enforcement.models import CheckList, ShownList
from people import actors
from people.actors import Actor
from people.models import User
from people.roles import Role
from tenancy import clock, scope

PUBLISHED, ASKED = 75, 70
"""Days before today."""
DUE = 10
"""Days to put it up."""
HUNG = frozenset({"shuxiang", "huayuan", "changsheng", "weideyuan", "jielong", "xincheng", "fulian", "haiwan"})
SPOT = "小区主出入口公告栏"


def publish_all(say: Say) -> None:
    """Put a list in force in every county that has none."""
    made = 0
    for county in COUNTIES:
        if CheckList.objects.filter(area=county.code).exists():
            continue
        clerk, second = _actor(f"county{county.suffix}"), _actor(f"county2{county.suffix}")
        with clock.standing_at(days_ago(PUBLISHED, 10)):
            row = check_lists.draft(area=county.code, by=clerk, shipped=True)
            row = check_lists.propose(row.pk, by=clerk, revision=row.revision)
            check_lists.publish(row.pk, by=second, revision=row.revision)
        made += 1
    if made:
        say(f"check lists: {made} in force")


def hang_all(say: Say) -> None:
    """The county's desk of 晋江市 has it put up everywhere, a street of 泉港区 in its compounds; not everybody is quick."""
    with transaction.atomic(), scope.everything(reason="the demo's check lists on the boards"):
        if ShownList.objects.exists():
            return
        with clock.standing_at(days_ago(ASKED, 9)):
            due = clock.today() + timedelta(days=DUE)
            shown_lists.put_on_show_everywhere(within=JINJIANG.code, by=_actor(f"county{JINJIANG.suffix}"), due_on=due)
            street = QUANGANG.streets[0].code
            shown_lists.put_on_show_everywhere(within=street, by=_actor("clerk"), due_on=due)
        hung = [compound for *_, compound in compounds() if compound.slug in HUNG]
        for turn, compound in enumerate(hung):
            row = ShownList.objects.select_related("posting").get(area=compound.code).posting
            manager = holder([Role.PROPERTY_MANAGER], compound.code)
            with clock.standing_at(days_ago(ASKED - 2 - turn % 3, 15)):
                postings.put_up(row.pk, by=manager, version=row.version, spot=SPOT, photos=[picture("board")])
    say(f"check lists: hanging in {len(hung)} compounds")


def _actor(username: str) -> Actor:
    return actors.of_user(User.objects.get(username=username))
