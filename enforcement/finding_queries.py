"""Reads over findings. `visible_to` is the one place that says who sees which."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from communities import queries as communities
from enforcement.finding_states import FINDING_OPEN, UNDER_ORDER, FindingState, Party
from enforcement.models import FieldPhoto, Finding, FindingEvent, FindingPhoto, Member, MoreTime, Visit
from enforcement.visit_permissions import WATCHING
from enforcement.visit_queries import within
from enforcement.visit_states import MemberState, VisitKind, VisitState
from files.models import Photo
from people.actors import Actor
from people.queries import narrowest
from people.roles import DEPARTMENT, PROPERTY, Role
from tenancy.refusals import NotThere

COMMITTEE = "OC"
_WITH = ("visit__compound", "visit__lead", "item__bureau", "organisation", "building", "party_organisation")


def published() -> Q:
    """What residents read: found on a visit that is over, not taken back, its publication not lifted."""
    return Q(visit__state=VisitState.CONCLUDED, lifted_at=None) & ~Q(state=FindingState.DROPPED)


def visible_to(actor: Actor) -> QuerySet[Finding]:
    """The findings an actor may know of, within the scope in force.

    Desks and supervisors: all of their places. Bureaus: those of visits they lead or took part in. Whoever answers for one:
    that one at once. Firms besides: all that concluded visits found in their compounds. Residents: what `published` says.
    """
    findings: QuerySet[Finding] = Finding.objects.all()
    if actor.is_system:
        return findings
    if not actor.is_person:
        return findings.none()
    seen = Q(pk__in=[])
    for post in actor.posts:
        if post.role in WATCHING:
            seen |= within(post)
        elif post.role in DEPARTMENT:
            there = Member.objects.filter(visit=OuterRef("visit"), organisation=post.organisation_id)
            took_part = Exists(there.exclude(state=MemberState.DECLINED))
            concerned = Q(party_organisation=post.organisation_id) | Q(visit__lead=post.organisation_id) | Q(took_part)
            seen |= within(post) & concerned
        elif post.role in PROPERTY:
            over = Q(visit__state=VisitState.CONCLUDED) & ~Q(state=FindingState.DROPPED)
            seen |= within(post) & (Q(party_organisation=post.organisation_id) | over)
        elif post.role == Role.RESIDENT:
            seen |= within(post) & published()
    return findings.filter(seen)


def get(actor: Actor, number: str, *, lock: bool = False) -> Finding:
    """One finding the actor may see. Raises NotThere for any other number, wherever it is."""
    found = visible_to(actor).filter(number=number).select_related(*_WITH).first()
    if found is None:
        raise NotThere
    if lock:
        Finding.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def listed(actor: Actor) -> QuerySet[Finding]:
    """For lists: what is open first, by its last day, and then what is over, the latest found first."""
    found = visible_to(actor).select_related(*_WITH).prefetch_related("visit__members")
    still_open = Q(state__in=sorted(FINDING_OPEN))
    over = Case(When(still_open, then=Value(0)), default=Value(1))
    last_day = Case(When(still_open, then=F("due_on")))
    return found.order_by(over, last_day.asc(nulls_last=True), "-found_at", "-pk")


def reads_names(actor: Actor, finding: Finding) -> bool:
    """Who answers for it by name shows to those who work with it: desks, supervisors, the bureaus of the visit."""
    if actor.is_system or actor.holds(finding.area, WATCHING):
        return True
    took_part = {each.organisation_id for each in finding.visit.members.all() if each.state != MemberState.DECLINED}
    concerned = {finding.visit.lead_id, finding.party_organisation_id, *took_part}
    return bool(concerned & actor.organisations_at(finding.area, DEPARTMENT))


def reads_spot(actor: Actor, finding: Finding) -> bool:
    """Where exactly: the spot of an owner or a shop tells neighbours where somebody lives, and is kept from them."""
    if finding.party in {Party.FIRM, Party.COMMITTEE}:
        return True
    return actor.holds(finding.area, PROPERTY) or reads_names(actor, finding)


def events(finding: Finding) -> list[FindingEvent]:
    """Its timeline, oldest first, with the photos of each."""
    return list(FindingEvent.objects.filter(finding=finding).select_related("by").prefetch_related("photos").order_by("pk"))


def photos_before(finding: Finding) -> list[FieldPhoto]:
    """How it was found."""
    return list(FieldPhoto.objects.filter(visit=finding.visit_id, change=finding.key).select_related("photo").order_by("pk"))


def photos_after(finding: Finding) -> list[FindingPhoto]:
    """How it was put right."""
    return list(FindingPhoto.objects.filter(finding=finding).select_related("photo").order_by("pk"))


def photo(finding: Finding, photo_id: UUID) -> Photo | None:
    """One of its photos, of how it was found or put right."""
    before = FieldPhoto.objects.filter(visit=finding.visit_id, change=finding.key, photo=photo_id)
    after = FindingPhoto.objects.filter(finding=finding, photo=photo_id)
    return Photo.objects.filter(pk=photo_id).first() if before.exists() or after.exists() else None


def time_asked(finding: Finding) -> MoreTime | None:
    """More time that somebody asked for and nobody decided on."""
    return MoreTime.objects.filter(finding=finding, granted=None).select_related("asked_by").first()


def times_asked(finding: Finding) -> list[MoreTime]:
    return list(MoreTime.objects.filter(finding=finding).select_related("asked_by", "decided_by").order_by("pk"))


def late(today: date) -> Q:
    """Under order, and the last day has passed."""
    return Q(state__in=sorted(UNDER_ORDER), due_on__lt=today)


def of_visit(actor: Actor, visit: int) -> list[Finding]:
    """Those of one visit that the actor may know of, as they were found."""
    return list(listed(actor).filter(visit=visit).order_by("pk"))


def looked_at(actor: Actor, visit: Visit) -> list[Finding]:
    """What a re-check carries and still has to decide on. No query for any other visit."""
    if visit.kind != VisitKind.RECHECK:
        return []
    return list(listed(actor).filter(recheck=visit).order_by("pk"))


def waits_for_recheck(finding: Finding) -> bool:
    return finding.state == FindingState.RECHECK and finding.recheck_id is None


def before_in(findings: Iterable[Finding]) -> dict[int, int]:
    """How often the same item was found violated before in the same compound, by finding: repeated places. One query."""
    rows = list(findings)
    items = {(row.area, row.item.code) for row in rows}
    if not items:
        return {}
    same = Finding.objects.filter(area__in={area for area, _ in items}, item__code__in={code for _, code in items})
    counted: dict[tuple[int, str], list[int]] = {}
    for pk, area, code in same.exclude(state=FindingState.DROPPED).values_list("pk", "area", "item__code"):
        counted.setdefault((area, code), []).append(pk)
    return {row.pk: sum(pk < row.pk for pk in counted.get((row.area, row.item.code), ())) for row in rows}


def party_organisation(area: int, party: str) -> int | None:
    """The organisation that answers in a compound as this kind of party, where there is one."""
    if party == Party.FIRM:
        service = communities.firm_serving(area)
        return service.firm.pk if service else None
    if party == Party.COMMITTEE:
        body = narrowest(COMMITTEE, area)
        return body.pk if body is not None and body.area == area else None
    return None
