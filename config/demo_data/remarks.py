"""Internal notes on open matters of the demo: the street's clerk asks, whoever leads answers."""

from django.db import transaction

from complaints import internal_notes
from complaints.actions import remarks
from complaints.models import InternalNote, Ticket
from complaints.states import State
from config.demo_data.world import Say
from people import actors
from people.queries import holders
from people.roles import Role
from tenancy import scope

MOST = 12
SAID = (
    ("反映人上月也来过，请先当面说清楚再动工（示例）", "已约好周三上门，到时一并说明（示例）"),
    ("需要动用维修资金的话先告诉街道（示例）", "不用，质保期内，厂家免费换（示例）"),
    ("邻居意见不一致，注意留照片（示例）", "明白，前后各拍一张（示例）"),
)


def note_all(say: Say) -> None:
    """Twice is once."""
    with transaction.atomic(), scope.everything(reason="the demo's internal notes"):
        if InternalNote.objects.exists():
            return
        rows = Ticket.objects.filter(state=State.ACCEPTED, lead__kind="PM", restricted=False).order_by("pk")[:MOST]
        made = sum(_talk(row, *SAID[turn % len(SAID)]) for turn, row in enumerate(rows))
    if made:
        say(f"internal notes: {made}")


def _talk(row: Ticket, asked: str, answered: str) -> int:
    made = 0
    for role, text in ((Role.STREET_CLERK, asked), (Role.PROPERTY_MANAGER, answered)):
        user = holders([role], row.area).first()
        by = actors.of_user(user) if user else None
        if by and internal_notes.may_write(by, row):
            remarks.add(row.number, by=by, text=text)
            made += 1
    return made
