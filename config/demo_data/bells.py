"""What the demo's people have read: months told at one go would fill every bell, and tell nobody anything."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.demo_data.world import Say
from notices import actions, queries
from notices.states import Channel
from people import actors
from people.models import User
from projects import months
from projects.models import MonthPlan
from projects.states import PlanState
from tenancy import clock, scope

LAST_LOOK = timedelta(weeks=2)
"""What is older has been read by everybody."""
LEFT = 5
"""Of what is newer, so many wait for their reader, the newest."""


def read_all(say: Say) -> None:
    """Everybody has looked at the bell two weeks ago, and again since."""
    then = timezone.now() - LAST_LOOK
    this_month = months.month_of(timezone.localdate())
    with transaction.atomic(), scope.everything(reason="the demo's bells"):
        people = User.objects.filter(notices__channel=Channel.BELL, notices__read_at=None).distinct()
        published = set(MonthPlan.objects.filter(month=this_month, state=PlanState.PUBLISHED).values_list("area", flat=True))
        for user in people:
            reader = actors.of_user(user)
            with clock.standing_at(then):
                actions.read_all(by=reader)
            unread = list(queries.visible_to(reader).filter(read_at=None))
            # The worker misses this month's plans while the demo has yet to live through the month.
            overtaken = [notice for notice in unread if notice.kind == "plan_missing" and notice.area in published]
            for notice in overtaken + [notice for notice in unread if notice not in overtaken][LEFT:]:
                actions.read(str(notice.pk), by=reader)
    say(f"bells read: {len(people)}")
