"""Reporters of the demo who have not rated an answer: the streets call them, and some say what they think."""

from django.db import transaction

from complaints import call_queries
from complaints.actions import calling, calls
from complaints.models import CallBack
from complaints.rating_states import CallReason
from config.demo_data.world import Say
from people import actors
from people.queries import holders
from people.roles import Role
from tenancy import scope


def call_all(say: Say) -> None:
    """Twice is once."""
    with transaction.atomic(), scope.everything(reason="the demo's call-backs"):
        if CallBack.objects.filter(reason=CallReason.SILENT).exists():
            return
        waiting = call_queries.waiting().select_related("lead", "compound").order_by("pk")
        asked = [row for row in (calls.make(ticket, CallReason.SILENT) for ticket in waiting) if row is not None]
        for turn, row in enumerate(asked):
            _call(row, turn)
    if asked:
        say(f"call-backs: {len(asked)}")


def _call(row: CallBack, turn: int) -> None:
    """Of every four one says what he thinks, and one is not reached; the others are still to be called."""
    clerk = holders([Role.STREET_CLERK], row.area).first()
    if clerk is None or turn % 4 > 1:
        return
    by = actors.of_user(clerk)
    if turn % 4:
        calls.not_reached(row.pk, by=by, version=row.version, text="无人接听（示例）")
    else:
        said = {"result": "solved", "manner": "fair", "text": "修好了，就是等得久（示例）"}
        calling.reached(row.pk, by=by, version=row.version, reasons=["slow"], **said)
