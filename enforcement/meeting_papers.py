"""Minutes of a meeting as a Word paper, to be printed and signed; and the list of meetings as an Excel workbook."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.models import Meeting, MeetingDecision, MeetingInvite
from projects.papers import HEI, SMALL, Column, Page
from tenancy import sheets
from tenancy.sheets import Table, Value

AS_LONG_AS_NEEDED = 10**6
"""Lines: minutes take as many pages as they need, so none is held back."""


def minutes(
    meeting: Meeting, place: str, invites: list[MeetingInvite], topics: list[str], held: list[MeetingDecision], *, sample: bool
) -> bytes:
    """The paper. `sample` says on it that these are sample data."""
    page = Page(_("Minutes: %(subject)s") % {"subject": meeting.subject})
    page.left = AS_LONG_AS_NEEDED
    page.put(_("Minutes of a meeting"), size=16, font=HEI, middle=True)
    page.put(" · ".join(filter(None, [meeting.number, _("Sample data") if sample else ""])), size=SMALL, middle=True)
    page.put("")
    facts = (
        (_("Subject"), meeting.subject),
        (_("Kind"), meeting.get_kind_display()),
        (_("Place"), place),
        (_("Held"), f"{timezone.localtime(meeting.starts_at):%Y-%m-%d %H:%M}，{meeting.spot}"),
        (_("Called by"), meeting.host.name),
        (_("Others invited"), meeting.guests),
        (_("Tickets"), "、".join(topics)),
    )
    for name, value in facts:
        if value:
            page.put(f"{name}：{value}")
    for title, text in (
        (_("Agenda"), meeting.agenda),
        (_("Who came"), meeting.attendance),
        (_("What was said at the meeting"), meeting.minutes),
    ):
        page.heading(title)
        for line in text.splitlines():
            page.put(line)
    page.heading(_("Decisions"))
    for each in held:
        page.put(f"{each.position}. {each.text}")
        page.put("    " + _in_words(each), size=SMALL)
    if not held:
        page.put(_("None."))
    page.heading(_("Signatures"))
    columns = [Column(_("Organisation"), 8.4), Column(_("Came"), 2.0), Column(_("Signature"), 4.5), Column(_("Day"), 2.5)]
    came = {True: _("yes"), False: _("no"), None: ""}
    rows = [(meeting.host.name, _("yes"), "", ""), *((each.organisation.name, came[each.came], "", "") for each in invites)]
    page.table(columns, rows, keep=0)
    return page.bytes()


def _in_words(each: MeetingDecision) -> str:
    said = _("%(kind)s; %(who)s by %(day)s; %(state)s") % {
        "kind": each.get_kind_display(),
        "who": each.organisation.name,
        "day": f"{each.due_on:%Y-%m-%d}",
        "state": each.get_state_display(),
    }
    return "；".join(filter(None, [said, each.ticket, each.note]))


def workbook(meetings: Iterable[Meeting], held: Iterable[MeetingDecision], places: dict[int, str]) -> bytes:
    """Two sheets: the meetings, and what they decided."""
    first: list[list[Value]] = [
        [
            row.number,
            places[row.area],
            row.get_kind_display(),
            row.subject,
            f"{timezone.localtime(row.starts_at):%Y-%m-%d %H:%M}",
            row.spot,
            row.host.name,
            row.get_state_display(),
            row.reason,
        ]
        for row in meetings
    ]
    second: list[list[Value]] = [
        [
            row.meeting.number,
            row.position,
            row.get_kind_display(),
            row.text,
            row.organisation.name,
            row.due_on,
            row.get_state_display(),
            row.ticket,
            row.note,
        ]
        for row in held
    ]
    heads = [_("Number"), _("Place"), _("Kind"), _("Subject"), _("Time"), _("Spot"), _("Called by"), _("State"), _("Reason")]
    below = [_("Meeting"), _("No."), _("Kind"), _("What is to be done"), _("Who does it"), _("By when"), _("State"), _("Ticket")]
    return sheets.written(
        Table(_("Meetings"), heads, [26, 20, 14, 36, 18, 24, 28, 12, 36], first),
        Table(_("Decisions"), [*below, _("What was done")], [26, 6, 18, 48, 28, 12, 12, 24, 40], second),
    )
