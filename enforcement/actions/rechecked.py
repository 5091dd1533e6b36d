"""What a re-check (复查) decides on the findings that it carries, when its last bureau has signed."""

from django.utils.translation import gettext

from enforcement.actions import findings
from enforcement.finding_states import FindingState
from enforcement.models import Finding, Line, Visit
from enforcement.visit_states import Result, VisitKind
from people.actors import Actor


def conclude(visit: Visit, *, by: Actor) -> None:
    """In order: accepted. Violated still: ordered anew, with the days of its item. Not looked at: waits for another re-check."""
    if visit.kind != VisitKind.RECHECK:
        return
    results = {
        (line.member.organisation_id, line.item.code): (line.result, line.text)
        for line in Line.objects.filter(visit=visit).select_related("member", "item")
    }
    for row in carried(visit):
        result, text = results.get((row.organisation_id, row.item.code), (Result.UNCHECKED, ""))
        words = gettext("Re-check %(number)s: %(text)s") % {"number": visit.number, "text": text or Result(result).label}
        if result == Result.PASS:
            findings.accepted(row, by=by, text=words[: findings.LONGEST_WORDS])
        elif result == Result.VIOLATION:
            findings.sent_back(row, by=by, text=words[: findings.LONGEST_WORDS], days=row.item.days)
        else:
            _wait(row)


def let_go(visit: Visit, *, by: Actor) -> None:
    """A re-check that is called off carries nothing any more; its findings wait for another one."""
    if visit.kind == VisitKind.RECHECK:
        for row in carried(visit):
            _wait(row)


def carried(visit: Visit) -> list[Finding]:
    """The findings that wait for what a re-check finds, locked."""
    found = Finding.objects.select_for_update(of=("self",)).filter(recheck=visit, state=FindingState.RECHECK)
    return list(found.select_related("visit__compound", "item", "organisation", "party_organisation").order_by("pk"))


def _wait(row: Finding) -> None:
    row.recheck = None
    row.save(update_fields=["recheck"])
