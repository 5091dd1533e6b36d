"""Records of the demo's visits that are over, one in each county voided; orders and opinions come with the findings."""

from datetime import timedelta

from django.db import transaction

from config.demo_data.places import compounds
from config.demo_data.visits import OVER
from config.demo_data.world import Say
from enforcement import visit_queries
from enforcement.actions import papers
from enforcement.models import Member, Paper, Visit
from enforcement.paper_kinds import PaperKind
from enforcement.visit_states import MemberState, VisitKind, VisitState
from people import actors
from people.actors import Actor
from tenancy import clock, scope

HOURS_LATER = 1
"""After the visit ended."""
VOIDED = frozenset({"fulian", "weideyuan"})
"""Compounds, one in each county, where the first record had to be issued anew."""


def issue_all(say: Say) -> None:
    """A record of each bureau for every visit that is over. Twice is once."""
    made = 0
    for *_places, compound in compounds():
        if compound.slug in OVER:
            with transaction.atomic(), scope.everything(reason="the demo's papers"):
                over = Visit.objects.filter(area=compound.code, state=VisitState.CONCLUDED)
                made += sum(_records(visit, voids=compound.slug in VOIDED) for visit in over)
    if made:
        say(f"papers: {made}")


def _records(visit: Visit, *, voids: bool) -> int:
    if visit.ended_at is None or Paper.objects.filter(visit=visit, kind=PaperKind.RECORD).exists():
        return 0
    members = [each for each in visit_queries.members(visit) if each.state == MemberState.SIGNED]
    with clock.standing_at(visit.ended_at + timedelta(hours=HOURS_LATER)):
        for number, member in enumerate(members):
            paper = _record(visit, member)
            if number == 0 and voids and visit.kind == VisitKind.FULL:
                papers.void(paper.code, by=_officer(member), reason="见证人一栏漏打，重新出具（示例）")
                _record(visit, member)
    return len(members)


def _record(visit: Visit, member: Member) -> Paper:
    return papers.issue(visit.number, member.organisation_id, kind=PaperKind.RECORD, by=_officer(member))


def _officer(member: Member) -> Actor:
    return actors.of_user(member.officers.all()[0].user)
