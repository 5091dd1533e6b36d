"""Reporters of the demo who have not rated an answer: the streets call them, and some say what they think."""

from django.db import transaction

from complaints import call_queries
from complaints.actions import calling, calls
from complaints.models import CallBack, Ticket
from complaints.rating_states import CallReason
from config.demo_data.world import Say
from people import actors
from people.actors import Actor
from people.queries import holders
from people.roles import Role
from tenancy import scope

MOST_HERE = 3
"""In every street; the first says what he thinks, the second is not reached."""


def call_all(say: Say) -> None:
    """Twice is once."""
    with transaction.atomic(), scope.everything(reason="the demo's call-backs"):
        if CallBack.objects.filter(reason=CallReason.SILENT).exists():
            return
        streets: dict[int, list[Ticket]] = {}
        for row in call_queries.waiting().select_related("lead", "compound").order_by("pk"):
            streets.setdefault(row.area // 10**6, []).append(row)
        made = sum(_call(rows[:MOST_HERE]) for rows in streets.values())
    if made:
        say(f"call-backs: {made}")


def _call(rows: list[Ticket]) -> int:
    asked = [row for row in (calls.make(ticket, CallReason.SILENT) for ticket in rows) if row is not None]
    clerks = holders([Role.STREET_CLERK], rows[0].area)
    by = actors.of_user(clerks[0]) if clerks else None
    if by is not None:
        _outcomes(asked, by)
    return len(asked)


def _outcomes(asked: list[CallBack], by: Actor) -> None:
    if len(asked) > 1:
        calls.not_reached(asked[1].pk, by=by, version=asked[1].version, text="无人接听（示例）")
    if len(asked) > 2:
        words = "修好了，就是等得久（示例）"
        said = {"result": "solved", "manner": "fair", "text": words}
        calling.reached(asked[0].pk, by=by, version=asked[0].version, reasons=["slow"], **said)
