"""What must be true after a storm, asked of the rows themselves and worked out apart from the code under test."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults import mail
from tests.faults.client import Report
from tests.faults.installation import Installation

STREET_ROLES = ("street_clerk", "street_leader")
LEAD_ROLES = ("property_staff", "property_manager", "department_handler", "department_lead", *STREET_ROLES)
Notice = tuple[int, str, int, str]  # user, channel, ticket, kind


@dataclass
class Verdict:
    """Findings by kind; a storm is survived when `wrong` is empty."""

    tickets: int = 0
    routed: int = 0
    triaged: int = 0
    gave_up: int = 0
    notices: int = 0
    mails: int = 0
    mail_copies: int = 0
    slowest_seconds: float = 0.0
    median_seconds: float = 0.0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, found: Iterable[object]) -> None:
        """Remember what broke a rule; a kind with nothing found leaves no trace."""
        lines = [str(each) for each in found]
        if lines:
            self.wrong.setdefault(kind, []).extend(lines)

    def count(self, kind: str) -> int:
        return len(self.wrong.get(kind, ()))


ALARMS = ["reminded", "overdue", "escalated"]
TOLD_OF_ALARMS = {"ticket_warned", "ticket_late", "ticket_escalated"}
"""On a slow machine the deadline of an emergency comes while the test still runs."""


def check(installation: Installation, reports: Sequence[Report], *, after: int) -> Verdict:
    """Judge the tickets filed since the ticket with the id `after`."""
    verdict = Verdict()
    _tickets(installation, reports, after, verdict)
    _timeline(installation, after, verdict)
    _record(installation, after, verdict)
    _notices(installation, reports, after, verdict)
    _mails(installation, after, verdict)
    return verdict


def _tickets(installation: Installation, reports: Sequence[Report], after: int, verdict: Verdict) -> None:
    """Acknowledged and kept; nothing that nobody sent; one ticket for each key."""
    rows = installation.ask("SELECT number, spot, state, version FROM complaints_ticket WHERE id > %s", after)
    verdict.tickets = len(rows)
    kept = {number for number, *_ in rows}
    acknowledged = {report.number for report in reports if report.number}
    verdict.add("not acknowledged", [report for report in reports if not report.number])
    verdict.add("lost", sorted(acknowledged - kept))
    sent = {report.complaint.spot for report in reports}
    verdict.add("unexpected", [f"{number} {spot}" for number, spot, *_ in rows if spot not in sent])
    copies = Counter(spot for _, spot, *_ in rows)
    verdict.add("filed twice", [f"{spot}: {many} tickets" for spot, many in copies.items() if many > 1])
    of_spot = {spot: number for number, spot, *_ in rows}
    for report in reports:
        if report.number and of_spot.get(report.complaint.spot) != report.number:
            verdict.add("answer names another ticket", [report.complaint.key])
        verdict.add("a second answer differs", report.other_answers)
    keys = dict(
        installation.ask(
            "SELECT key, ticket.number FROM complaints_filingkey JOIN complaints_ticket ticket ON ticket.id = ticket_id"
            " WHERE ticket.id > %s",
            after,
        )
    )
    verdict.add(
        "key without its ticket", [report.complaint.key for report in reports if keys.get(report.complaint.key) != report.number]
    )
    verdict.add("not routed", [number for number, _, state, _ in rows if state not in ("dispatched", "triage")])
    verdict.add("version", [f"{number}: {version}" for number, _, _, version in rows if version != 2])


def _timeline(installation: Installation, after: int, verdict: Verdict) -> None:
    """Filed, then routed or sent to triage, and nothing else but alarms, of which each is raised once."""
    verdict.add(
        "alarm raised twice",
        installation.ask(
            "SELECT ticket_id, text FROM complaints_ticketevent WHERE kind = ANY(%s) AND ticket_id > %s"
            " GROUP BY 1, 2 HAVING count(*) > 1",
            ALARMS,
            after,
        ),
    )
    rows = installation.ask(
        "SELECT ticket.id, ticket.state, ticket.why_here->>'reason', array_agg(event.kind ORDER BY event.id),"
        "       array_agg(event.version ORDER BY event.id), extract(epoch FROM max(event.at) - min(event.at))"
        "  FROM complaints_ticket ticket LEFT JOIN complaints_ticketevent event"
        "    ON event.ticket_id = ticket.id AND event.kind <> ALL(%s)"
        " WHERE ticket.id > %s GROUP BY ticket.id",
        ALARMS,
        after,
    )
    right = {"dispatched": ["filed", "routed"], "triage": ["filed", "triaged"]}
    waits = []
    for ticket, state, reason, kinds, versions, seconds in rows:
        if kinds != right.get(state) or versions != [1, 2]:
            verdict.add("timeline", [f"{ticket} {state}: {kinds} {versions}"])
        verdict.routed += state == "dispatched"
        verdict.triaged += state == "triage"
        verdict.gave_up += reason in ("gave_up", "error")
        waits.append(float(seconds))
    if waits:
        verdict.slowest_seconds, verdict.median_seconds = max(waits), sorted(waits)[len(waits) // 2]


def _record(installation: Installation, after: int, verdict: Verdict) -> None:
    """One entry for the filing and one for the routing, as the ticket's state says."""
    rows = installation.ask(
        "SELECT ticket.id, ticket.state, array_agg(entry.action ORDER BY entry.id)"
        "  FROM complaints_ticket ticket LEFT JOIN audit_entry entry"
        "    ON entry.subject_type = 'complaints.ticket' AND entry.subject_id = ticket.id::text AND entry.action <> ALL(%s)"
        " WHERE ticket.id > %s GROUP BY ticket.id",
        [f"ticket.{kind}" for kind in ALARMS],
        after,
    )
    right = {"dispatched": ["ticket.filed", "ticket.routed"], "triage": ["ticket.filed", "ticket.triaged"]}
    verdict.add("record", [f"{ticket} {state}: {found}" for ticket, state, found in rows if found != right.get(state)])


def _expected(installation: Installation, reports: Sequence[Report], after: int) -> Counter[Notice]:
    """Whom each ticket must have told, from the appointments; own reading of the rules, not the code's."""
    posts = installation.ask("SELECT user_id, role, organisation_id, area FROM people_appointment WHERE revoked_at IS NULL")
    with_mail = {user for (user,) in installation.ask("SELECT id FROM people_user WHERE email <> '' AND is_active")}
    expected: Counter[Notice] = Counter()

    def tell(users: Iterable[int], ticket: int, kind: str) -> None:
        for user in set(users):
            expected[user, "bell", ticket, kind] += 1
            if user in with_mail:
                expected[user, "email", ticket, kind] += 1

    urgent = {report.number for report in reports if report.emergency}
    rows = installation.ask(
        "SELECT ticket.id, number, area, state, lead_id, reporter_id FROM complaints_ticket ticket WHERE id > %s", after
    )
    for ticket, number, area, state, lead, reporter in rows:
        here = [post for post in posts if _covers(post[3], area)]
        street = [user for user, role, *_ in here if role in STREET_ROLES]
        if number in urgent:
            tell(street, ticket, "ticket_emergency")
        if state == "triage":
            tell(street, ticket, "ticket_triage")
        if state == "dispatched":
            tell([user for user, role, by, _ in here if role in LEAD_ROLES and by == lead], ticket, "ticket_dispatched")
            tell([reporter], ticket, "ticket_told_dispatched")
    return expected


def _covers(place: int, area: int) -> bool:
    """Places are 15 digits, 6 + 3 + 3 + 3, a wider place ending in zeros."""
    span = 1
    while place % (span * 1000) == 0 and span < 10**9:
        span *= 1000
    return place <= area < place + span


def _notices(installation: Installation, reports: Sequence[Report], after: int, verdict: Verdict) -> None:
    rows = installation.ask(
        "SELECT notice.user_id, notice.channel, ticket.id, notice.kind, notice.facts->>'clock' FROM notices_notice notice"
        "  JOIN complaints_ticket ticket ON ticket.number = notice.facts->>'number' WHERE ticket.id > %s",
        after,
    )
    verdict.notices = len(rows)
    told = Counter(tuple(row) for row in rows)
    verdict.add("told twice", [f"{notice}: {many}" for notice, many in told.items() if many > 1])
    found: Counter[Notice] = Counter(tuple(row[:4]) for row in rows if row[3] not in TOLD_OF_ALARMS)
    expected = _expected(installation, reports, after)
    verdict.add("not told", expected - found)
    verdict.add("told without cause", found - expected)


def _mails(installation: Installation, after: int, verdict: Verdict) -> None:
    """Each e-mail was handed over at least once; copies carry the same Message-ID and are counted, not forbidden."""
    rows = installation.ask(
        "SELECT notice.id::text, notice.state FROM notices_notice notice"
        "  JOIN complaints_ticket ticket ON ticket.number = notice.facts->>'number'"
        " WHERE notice.channel = 'email' AND ticket.id > %s",
        after,
    )
    handed = mail.handed_over(installation.sent_mail)
    verdict.mails = len(rows)
    verdict.add("mail still waiting", [f"{notice} {state}" for notice, state in rows if state != "sent"])
    verdict.add("mail never sent", [notice for notice, _ in rows if not handed[notice]])
    verdict.mail_copies = sum(max(handed[notice] - 1, 0) for notice, _ in rows)


def digest(installation: Installation) -> dict[str, str]:
    """A fingerprint of every row that workers may write, all columns included."""
    tables = (
        *("complaints_ticket", "complaints_ticketevent", "notices_notice", "audit_entry", "audit_seal", "files_photo"),
        *("projects_jobrun", "projects_projectevent", "projects_monthfigures"),
    )
    return {
        table: str(installation.ask(f"SELECT md5(string_agg(r::text, '|' ORDER BY id)) FROM {table} r")[0][0]) for table in tables
    }
