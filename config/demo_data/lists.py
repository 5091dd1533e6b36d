"""Saved lists of the demo: every street's clerk shares three with the office."""

from django.db import transaction

from complaints.actions import saved_lists
from complaints.models import SavedList
from config.demo_data.places import COUNTIES
from config.demo_data.world import Say
from people import actors
from people.queries import holders
from people.roles import Role
from tenancy import scope

SHARED = (
    ("超期未办", "open", {"late": "on"}),
    ("申请延期", "open", {"extension": "on"}),
    ("电梯故障停运", "all", {"leaf": "0202"}),
)


def save_all(say: Say) -> None:
    """Twice is once."""
    with transaction.atomic(), scope.everything(reason="the demo's saved lists"):
        if SavedList.objects.exists():
            return
        made = 0
        for street in (street for county in COUNTIES for street in county.streets):
            clerk = holders([Role.STREET_CLERK], street.code).first()
            if clerk is None:
                continue
            for name, queue, filters in SHARED:
                saved_lists.save(name, queue, filters, share=True, by=actors.of_user(clerk))
                made += 1
    if made:
        say(f"saved lists: {made}")
