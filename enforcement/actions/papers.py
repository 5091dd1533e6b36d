"""Papers of joint visits: issued under the next number of their series, voided with a reason, never deleted."""

import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import qr
from enforcement import paper_queries as queries
from enforcement import paper_rendering, paper_values, visit_queries
from enforcement.actions import visit_telling as telling
from enforcement.models import Finding, Member, Paper, PaperCounter, Visit
from enforcement.paper_kinds import ISSUING, PaperKind, printed
from enforcement.paper_permissions import may_issue, may_void
from enforcement.paper_queries import NOBODY
from enforcement.visit_states import MemberState, VisitKind
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_WHY = 300
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0, 1, i, l, o: a code may be read out on the telephone."""
CODE_LENGTH = 14
"""Of 31 signs: 69 bits."""


@transaction.atomic
def issue(number: str, organisation: int, *, kind: str, by: Actor, finding: str = "") -> Paper:
    """Issue a paper of a bureau in a visit; `finding` is one of those that an order names, with all of the same party.

    Raises NotThere, NotAllowed, WrongState, and Refusal naming the field. While the number is taken the series is locked, and a
    refusal gives it back: numbers have no gap (own: one series for a bureau, a kind and a year).
    """
    visit = visit_queries.get(by, number)
    member = queries.member_of(visit, organisation, lock=True)
    if not may_issue(by, member):
        raise NotAllowed(_("An officer of this bureau in this visit issues its papers."))
    if kind not in PaperKind.values:
        raise Refusal(_("Choose which paper."), field="kind")
    sort = PaperKind(kind)
    _check_state(visit, member, sort)
    named = _named(visit, member, sort, finding)
    party = queries.party_of(named[0]) if sort == PaperKind.ORDER else NOBODY
    _check_once(visit, member, sort, party)
    paper = _written(visit, member, sort, named, by=by)
    paper.party, paper.party_organisation_id, paper.party_name = party
    paper.save(force_insert=True)
    after: dict[str, Any] = {"number": paper.printed, "visit": visit.number, "sha256": paper.sha256, "findings": paper.findings}
    audit.record(paper, "paper.issued", by=by, area=paper.area, after={"kind": sort.value, **after})
    if sort == PaperKind.ORDER:
        telling.order_issued(paper, by=by)
    return paper


def _check_state(visit: Visit, member: Member, kind: PaperKind) -> None:
    if visit.state not in ISSUING:
        raise WrongState(_("This cannot be done now: it is “%(state)s”.") % {"state": visit.get_state_display()})
    if kind != PaperKind.ORDER and member.state != MemberState.SIGNED:
        raise WrongState(_("The bureau signs for its items first."), code="not_signed")
    if kind == PaperKind.OPINION and visit.kind != VisitKind.RECHECK:
        raise Refusal(_("An opinion belongs to a re-check."), field="kind", code="no_recheck")


def _named(visit: Visit, member: Member, kind: PaperKind, finding: str) -> list[Finding]:
    """The findings that a paper is about."""
    if kind == PaperKind.RECORD:
        return queries.found_by(visit, member)
    if kind == PaperKind.ORDER:
        first = next((each for each in queries.ordered(visit, member) if each.number == finding), None)
        if first is None:
            raise Refusal(_("Choose a finding of this bureau that is ordered to be put right."), field="finding")
        return queries.ordered(visit, member, queries.party_of(first))
    again = queries.looked_at_again(visit, member)
    if not again:
        raise Refusal(_("This re-check looked at no finding of the bureau."), field="kind", code="no_finding")
    missing = queries.undecided(again)
    if missing:
        said = _("Say first what became of %(numbers)s.") % {"numbers": "、".join(missing)}
        raise Refusal(said, field="kind", code="undecided")
    return again


def _check_once(visit: Visit, member: Member, kind: PaperKind, party: queries.Party) -> None:
    standing = Paper.objects.filter(visit=visit, bureau=member.organisation_id, kind=kind, voided_at=None)
    sort, organisation, name = party
    twice = standing.filter(party=sort, party_organisation=organisation, party_name=name).first()
    if twice is not None:
        said = _("%(number)s was issued already. Void it first, then issue a new one.") % {"number": twice.printed}
        raise WrongState(said, code="issued_already")


def _written(visit: Visit, member: Member, kind: PaperKind, named: list[Finding], *, by: Actor) -> Paper:
    """The paper with its number, code and bytes, not saved yet."""
    now = clock.now()
    day = timezone.localdate(now)
    own = queries.template_in_use(member.organisation_id, kind)
    number = _next_number(member.organisation_id, kind, day.year)
    code = new_code()
    called = printed(queries.word_of(member.organisation), kind, day.year, number)
    address = qr.public_url(reverse("enforcement:paper_verified", args=[code]))
    values = paper_values.of_paper(paper_values.Head(called, address, day), visit, member, kind, named)
    done = paper_rendering.fill(bytes(own.content) if own else paper_rendering.shipped(kind), values, address)
    return Paper(
        area=visit.area,
        kind=kind,
        bureau=member.organisation,
        year=day.year,
        number=number,
        printed=called,
        code=code,
        visit=visit,
        template=own,
        findings=[each.number for each in named],
        content=done.body,
        sha256=done.sha256,
        issued_at=now,
        issued_by_id=by.id,
    )


def _next_number(bureau: int, kind: PaperKind, year: int) -> int:
    """The next number of a series, whose row stays locked until the transaction ends: a refusal afterwards gives it back."""
    series = {"bureau_id": bureau, "kind": kind, "year": year}
    PaperCounter.objects.bulk_create([PaperCounter(**series)], ignore_conflicts=True)
    counter = PaperCounter.objects.select_for_update().get(**series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


@transaction.atomic
def void(code: str, *, by: Actor, reason: str) -> Paper:
    """It does not count any more. The paper and its number stay; a new one may be issued."""
    paper = queries.get(by, code, lock=True)
    if not may_void(by, paper):
        raise NotAllowed(_("The bureau's lead, or whoever issued it, voids a paper."))
    if paper.voided_at is not None:
        raise WrongState(_("It was voided already."))
    paper.voided_why = clean(reason, field="reason", longest=LONGEST_WHY)
    paper.voided_at, paper.voided_by = clock.now(), by.user
    paper.save(update_fields=["voided_at", "voided_by", "voided_why"])
    after = {"number": paper.printed, "why": paper.voided_why}
    audit.record(paper, "paper.voided", by=by, area=paper.area, after=after)
    if paper.kind == PaperKind.ORDER:
        telling.order_voided(paper, by=by)
    return paper


def file_of(code: str, *, by: Actor) -> tuple[Paper, bytes]:
    """A paper with its bytes. Raises NotThere."""
    paper = queries.get(by, code)
    body = queries.content(paper)
    if not body:
        raise NotThere
    return paper, body
