"""Reads over joint visits. `visible_to` is the one place that says who sees which."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from communities import queries as communities
from communities.models import Compound
from complaints import queries as complaints
from complaints.states import OPEN
from enforcement import queries, risk
from enforcement.finding_states import FINDING_OPEN, UNDER_ORDER
from enforcement.models import Campaign, Certificate, CheckItem, CheckList, Companion, Finding, Line, Member, Officer, Visit
from enforcement.risk import Facts, Hint
from enforcement.visit_permissions import HEADS, PLANNING, WATCHING, competent, may_keep_certificates
from enforcement.visit_states import SETTLED_VISITS, MemberState, VisitKind, VisitState
from people.actors import Actor, Post
from people.models import Organisation
from people.queries import nearest
from people.roles import DEPARTMENT, PROPERTY, Role
from projects import queries as projects
from projects.states import IN_HAND
from tenancy import areas
from tenancy.areas import Level
from tenancy.refusals import NotThere

URGENT = frozenset({"U1", "U2"})


def within(post: Post) -> Q:
    low, high = areas.subtree(post.area)
    return Q(area__gte=low, area__lt=high)


def known_to_firms() -> Q:
    """What a property firm may know: an unannounced visit only once it has begun."""
    return Q(state__in=[VisitState.UNDER_WAY, VisitState.CONCLUDED]) | Q(state=VisitState.APPROVED, announced=True)


def visible_to(actor: Actor) -> QuerySet[Visit]:
    """The visits an actor may know of, within the scope in force.

    Desks and supervisors: all of their places. Bureaus: those they lead, and those they were asked to. Firms: what
    `known_to_firms` says. Residents: concluded ones.
    """
    visits: QuerySet[Visit] = Visit.objects.all()
    if actor.is_system:
        return visits
    if not actor.is_person:
        return visits.none()
    seen = Q(pk__in=[])
    for post in actor.posts:
        if post.role in WATCHING:
            seen |= within(post)
        elif post.role in DEPARTMENT:
            asked = Member.objects.filter(visit=OuterRef("pk"), organisation=post.organisation_id)
            seen |= within(post) & (Q(lead=post.organisation_id) | Q(Exists(asked)) & ~Q(state=VisitState.DRAFT))
        elif post.role in PROPERTY:
            seen |= within(post) & known_to_firms()
        elif post.role == Role.RESIDENT:
            seen |= within(post) & Q(state=VisitState.CONCLUDED)
    return visits.filter(seen)


def works_with(actor: Actor, visit: Visit) -> bool:
    """Whether the actor reads a visit from inside: who goes, what was said, who was present. Not firms, not residents."""
    if actor.is_system or actor.holds(visit.area, WATCHING):
        return True
    mine = actor.organisations_at(visit.area, DEPARTMENT)
    return visit.lead_id in mine or visit.members.filter(organisation__in=mine).exists()


def get(actor: Actor, number: str, *, lock: bool = False) -> Visit:
    """One visit the actor may see. Raises NotThere for any other number, wherever it is."""
    found = visible_to(actor).filter(number=number).select_related(*_WITH).first()
    if found is None:
        raise NotThere
    if lock:
        Visit.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


_WITH = ("compound", "lead", "planned_by", "approved_by", "started_by", "check_list", "campaign", "recheck_of", "posting")


def listed(actor: Actor) -> QuerySet[Visit]:
    """For lists, newest day first, each with its bureaus and `findings_count`."""
    members = Prefetch("members", Member.objects.select_related("organisation"))
    found = visible_to(actor).select_related("compound", "lead", "campaign").prefetch_related(members)
    return found.annotate(findings_count=Count("findings")).order_by("-planned_on", "-pk")


def carried_by(actor: Actor) -> QuerySet[Visit]:
    """The visits of which the actor is an officer, while they can be made, the next day first."""
    mine = visible_to(actor).filter(officers__user=actor.id, state__in=[VisitState.APPROVED, VisitState.UNDER_WAY])
    return mine.select_related("compound").order_by("planned_on", "pk")


def members(visit: Visit) -> list[Member]:
    """The bureaus with their officers and certificates, in two queries."""
    officers = Prefetch("officers", Officer.objects.select_related("user", "certificate"))
    found: QuerySet[Member] = Member.objects.filter(visit=visit).select_related(
        "organisation", "kind", "answered_by", "signed_by"
    )
    return list(found.prefetch_related(officers))


def bureaus_of(visit: Visit) -> list[Member]:
    """The bureaus alone, in one query."""
    return list(Member.objects.filter(visit=visit).select_related("organisation"))


def member(visit: Visit, organisation: int, *, lock: bool = False) -> Member:
    """Raises NotThere."""
    found = Member.objects.select_related("organisation").filter(visit=visit, organisation=organisation)
    row: Member | None = (found.select_for_update(of=("self",)) if lock else found).first()
    if row is None:
        raise NotThere
    return row


def companions(visit: Visit) -> list[Companion]:
    return list(Companion.objects.filter(visit=visit))


def lines(visit: Visit) -> list[Line]:
    """The items along which it goes, in their order, each with bureau and item."""
    found: QuerySet[Line] = Line.objects.filter(visit=visit).select_related("item", "member", "made_by")
    return list(found.order_by("position"))


def certificates(organisation: int, on: date) -> QuerySet[Certificate]:
    """The certificates of an organisation's officers that are valid on a day."""
    found = Certificate.objects.filter(organisation=organisation, revoked_at=None, valid_from__lte=on, valid_until__gte=on)
    return found.filter(user__is_active=True).select_related("user").order_by("user__name", "pk")


def valid(certificate: Certificate, on: date) -> bool:
    return certificate.revoked_at is None and certificate.valid_from <= on <= certificate.valid_until


def bureaus_for(area: int, row: CheckList) -> list[Organisation]:
    """Of each bureau of a list the organisation that answers for a place, the nearest one; by the order of the list."""
    codes = [code for code, _name, _many in queries.bureaus(row)]
    near = nearest(codes, area)
    return [near[code] for code in codes if code in near]


def leads_for(actor: Actor, area: int, row: CheckList) -> list[Organisation]:
    """The organisations for which the actor may plan a visit here: the street office, and bureaus of the list."""
    kinds = {code for code, _name, _many in queries.bureaus(row)}
    mine = competent(kinds, actor.organisations_at(area, PLANNING))
    return list(Organisation.objects.filter(pk__in=mine).order_by("kind", "pk"))


def visits_near(area: int, day: date, gap: int, *, besides: int = 0) -> QuerySet[Visit]:
    """Approved, under way or concluded visits to a compound within so many days of a day; a re-check is no visit of its own."""
    low, high = day - timedelta(days=gap - 1), day + timedelta(days=gap - 1)
    found: QuerySet[Visit] = Visit.objects.filter(area=area, planned_on__gte=low, planned_on__lte=high)
    return (
        found.filter(state__in=sorted(SETTLED_VISITS)).exclude(kind=VisitKind.RECHECK).exclude(pk=besides).order_by("-planned_on")
    )


def facts(actor: Actor, compounds: Sequence[int], today: date) -> dict[int, Facts]:
    """What is counted in compounds, by place code, of what the actor may see. Four queries, however many compounds."""
    tickets = complaints.visible_to(actor).filter(area__in=compounds, state__in=sorted(OPEN))
    by_ticket = tickets.values("area").annotate(many=Count("pk"), urgent=Count("pk", Q(emergency=True) | Q(urgency__in=URGENT)))
    by_finding = (
        Finding.objects.filter(area__in=compounds, state__in=sorted(FINDING_OPEN))
        .values("area")
        .annotate(many=Count("pk"), late=Count("pk", Q(state__in=sorted(UNDER_ORDER), due_on__lt=today)))
    )
    by_project = (
        projects.visible_to(actor)
        .filter(area__in=compounds, state__in=sorted(IN_HAND), ends_on__lt=today)
        .values("area")
        .annotate(many=Count("pk"))
    )
    ended = Visit.objects.filter(area__in=compounds, state=VisitState.CONCLUDED).exclude(kind=VisitKind.RECHECK)
    last = dict(ended.values_list("area").annotate(last=Max("planned_on")))
    counted = {row["area"]: (row["many"], row["urgent"]) for row in by_ticket.order_by()}
    found = {row["area"]: (row["many"], row["late"]) for row in by_finding.order_by()}
    late = {row["area"]: row["many"] for row in by_project.order_by()}
    return {
        area: Facts(
            *counted.get(area, (0, 0)),
            *found.get(area, (0, 0)),
            late_projects=late.get(area, 0),
            days_since=max(0, (today - last[area]).days) if area in last else None,
        )
        for area in compounds
    }


def hints(actor: Actor, area: int, row: CheckList) -> list[Hint]:
    """Which bureaus have something to look at in a compound, most of it first."""
    tickets = complaints.visible_to(actor).filter(area=area, state__in=sorted(OPEN)).exclude(leaf=None)
    by_leaf = Counter(tickets.order_by().values_list("leaf", flat=True))
    held = Finding.objects.filter(area=area, state__in=sorted(FINDING_OPEN))
    by_bureau = Counter(held.values_list("organisation__kind", flat=True))
    answers = CheckItem.objects.filter(check_list=row, leaf__isnull=False).values_list("bureau", "leaf")
    return risk.bundle(list(answers), dict(by_leaf), dict(by_bureau))


def compounds_of(actor: Actor) -> QuerySet[Compound]:
    """The compounds for which the actor may plan visits, by code."""
    wanted = Q(pk__in=[])
    for post in actor.posts:
        if post.role in PLANNING:
            wanted |= within(post)
    found: QuerySet[Compound] = communities.visible_to(actor).filter(wanted).order_by("area")
    return found


def open_for(compounds: Sequence[int]) -> dict[int, Visit]:
    """The visit of each compound that is being planned, approved or under way, the newest where there are several."""
    states = [VisitState.DRAFT, VisitState.ASKED, VisitState.APPROVED, VisitState.UNDER_WAY]
    return {visit.area: visit for visit in Visit.objects.filter(area__in=compounds, state__in=states).order_by("pk")}


def answered(rows: Sequence[Member]) -> bool:
    return all(row.state != MemberState.ASKED for row in rows)


def county_list(area: int) -> CheckList | None:
    """The list in force in the county of a place."""
    return queries.in_force(areas.ancestor(area, Level.COUNTY))


def kept_by(actor: Actor) -> list[Organisation]:
    """The organisations whose certificates the actor keeps, by name."""
    led = {post.organisation_id for post in actor.posts if post.role in HEADS.values() and post.organisation_id}
    found = Organisation.objects.filter(pk__in=led, active=True).select_related("kind").order_by("pinyin", "pk")
    return [each for each in found if may_keep_certificates(actor, each)]


def certificates_known_to(actor: Actor) -> QuerySet[Certificate]:
    """Those of the actor's own organisations, and all in the places of the county desk and of supervisors."""
    seen = Q(organisation__in={post.organisation_id for post in actor.posts if post.role in PLANNING and post.organisation_id})
    for post in actor.posts:
        if post.role in {Role.COUNTY_CLERK, Role.SUPERVISOR}:
            seen |= within(post)
    found = Certificate.objects.filter(seen).select_related("organisation__kind", "user", "revoked_by")
    return found.order_by("organisation", "user__name", "-valid_until", "pk")


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """Those of the actor's streets and counties, and those of the county above, newest first; for whoever plans or watches."""
    seen = Q(pk__in=[])
    for post in actor.posts:
        if post.role in PLANNING | WATCHING:
            seen |= within(post) | Q(area=areas.ancestor(post.area, Level.COUNTY))
    return Campaign.objects.filter(seen).select_related("made_by").order_by("-pk")


def campaign(actor: Actor, campaign_id: int) -> Campaign:
    """Raises NotThere."""
    found = campaigns(actor).filter(pk=campaign_id).first()
    if found is None:
        raise NotThere
    return found
