"""Neighbours of the demo who follow what is public and not over in their compound."""

from complaints.actions import following
from complaints.models import Follow, Ticket
from complaints.states import FINAL
from config.demo_data.world import Say
from people import actors
from people.queries import holders
from people.roles import Role
from tenancy import scope


def follow_all(say: Say) -> None:
    """Everybody who lives there and did not report it, where nobody follows anything yet."""
    made = 0
    with scope.everything(reason="the demo's followers"):
        if Follow.objects.exists():
            return
        for row in Ticket.objects.filter(public=True).exclude(state__in=sorted(FINAL)).order_by("pk"):
            for user in holders([Role.RESIDENT], row.area):
                if user.pk != row.reporter_id:
                    following.follow(row.number, by=actors.of_user(user))
                    made += 1
    if made:
        say(f"followers: {made}")
