"""Drafting a project: what is to be done, why, by whom, and with whose money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from communities import queries as communities
from communities.models import Building, Compound
from complaints import queries as complaints
from complaints.models import Ticket
from people.actors import Actor
from people.models import Organisation
from projects.actions.standing import ask_anew, hold_plan
from projects.actions.step import begin, finish, note, reason_of
from projects.models import Funding, Matter, Milestone, Origin, Project, Quote
from projects.numbers import new_number
from projects.permissions import may_plan, may_read_drafts
from projects.states import EventKind, Ground, OriginKind, ProjectState, Source, Use
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean

LONGEST_TITLE, LONGEST_TEXT, LONGEST_WORDS = 60, 2_000, 300
MOST_MILESTONES, MOST_QUOTES, MOST_ORIGINS = 8, 6, 60
MOST_FEN = 10**11
"""A thousand million yuan: more is a slip of the pen (own)."""
LONGEST_AHEAD = 366
"""Days ahead that a practical project may be promised for (own): these are small works."""
WHOLE = ((_("work done"), 100),)
"""The milestone of a project that names none."""
NUMBER_TRIES = 5


@dataclass(frozen=True)
class Draft:
    """All that is said of a project. Amounts in fen, quantity in units of the matter, weights 1 to 100."""

    title: str
    text: str
    ends_on: date
    lead: int
    matter: str = ""
    no_matter: str = ""
    quantity: int = 1
    building: int | None = None
    livelihood: bool = True
    ground: str = Ground.ABOVE
    use: str = Use.FUNCTION
    tickets: Sequence[str] = ()
    origins: Sequence[tuple[str, str]] = ()
    """(kind, words) for what it grew from besides tickets."""
    funding: Sequence[tuple[str, int]] = ()
    quotes: Sequence[tuple[str, int, bool]] = ()
    """(supplier, fen, chosen)."""
    milestones: Sequence[tuple[str, int]] = ()
    decision: str = ""
    decided_on: date | None = None
    warranty_days: int = 0


@dataclass
class _Checked:
    fields: dict[str, object]
    tickets: list[Ticket] = field(default_factory=list)
    origins: list[tuple[str, str]] = field(default_factory=list)
    funding: list[tuple[str, int]] = field(default_factory=list)
    quotes: list[tuple[str, int, bool]] = field(default_factory=list)
    milestones: list[tuple[str, int]] = field(default_factory=list)


@transaction.atomic
def draft(compound: int, what: Draft, *, by: Actor) -> Project:
    """Write down a project of the compound with this code. Raises NotThere, NotAllowed, and Refusal by its field."""
    place = communities.compound(compound)
    if not may_read_drafts(by, compound):
        raise NotThere
    if not may_plan(by, compound):
        raise NotAllowed
    checked = _checked(place, what, by)
    project = _create(place, checked, by)
    _fill(project, checked)
    note(project, EventKind.DRAFTED, by=by, old="", text=project.title)
    return project


@transaction.atomic
def change(number: str, what: Draft, *, by: Actor, version: int) -> Project:
    """Write a draft anew; the sides of its plan are asked anew. Raises as `draft` does, StaleProject, and WrongState."""
    plan = hold_plan(number)
    project = begin(number, "change", by=by, version=version)
    ask_anew(plan, project, by=by)
    checked = _checked(project.compound, what, by, present=project)
    for name, value in checked.fields.items():
        setattr(project, name, value)
    for rows in (project.origins, project.funding, project.quotes, project.milestones):
        rows.all().delete()
    _fill(project, checked)
    finish(project, ProjectState(project.state), EventKind.CHANGED, list(checked.fields), by=by)
    return project


@transaction.atomic
def drop(number: str, *, by: Actor, version: int, text: str) -> Project:
    """Give it up, with a reason; of what was promised, everybody concerned reads it. A draft leaves its plan."""
    plan = hold_plan(number)
    project = begin(number, "drop", by=by, version=version)
    reason = reason_of(text)
    ask_anew(plan, project, by=by, leaves=True)
    finish(project, ProjectState.DROPPED, EventKind.DROPPED, [], by=by, text=reason)
    return project


def _create(place: Compound, checked: _Checked, by: Actor) -> Project:
    at = clock.now()
    for _try in range(NUMBER_TRIES):
        try:
            with transaction.atomic():
                return Project.objects.create(  # type: ignore[no-any-return]
                    area=place.area,
                    compound=place,
                    number=new_number(place.area, at),
                    drafted_at=at,
                    drafted_by_id=by.id,
                    **checked.fields,
                )
        except IntegrityError as problem:
            if "projects_project_number" not in str(problem):
                raise
    raise RuntimeError("no free number found")


def _fill(project: Project, checked: _Checked) -> None:
    area = project.area
    Origin.objects.bulk_create(
        [Origin(area=area, project=project, kind=OriginKind.TICKET, ticket=ticket) for ticket in checked.tickets]
        + [Origin(area=area, project=project, kind=kind, words=words) for kind, words in checked.origins]
    )
    Funding.objects.bulk_create(
        Funding(area=area, project=project, source=source, amount_fen=fen) for source, fen in checked.funding
    )
    Quote.objects.bulk_create(
        Quote(area=area, project=project, supplier=supplier, amount_fen=fen, chosen=chosen)
        for supplier, fen, chosen in checked.quotes
    )
    Milestone.objects.bulk_create(
        Milestone(area=area, project=project, position=position, name=name, weight=weight)
        for position, (name, weight) in enumerate(checked.milestones, 1)
    )


def _checked(place: Compound, what: Draft, by: Actor, *, present: Project | None = None) -> _Checked:
    funding = _funding(what.funding)
    decision = clean(what.decision, field="decision", longest=LONGEST_WORDS, required=what.decided_on is not None)
    if bool(decision) != (what.decided_on is not None):
        raise Refusal(_("Say which decision, and on which day it was taken."), field="decided_on")
    if what.decided_on and what.decided_on > clock.today():
        raise Refusal(_("This day has not come yet."), field="decided_on")
    fields: dict[str, object] = {
        "title": clean(what.title, field="title", longest=LONGEST_TITLE),
        "text": clean(what.text, field="text", longest=LONGEST_TEXT, lines=True),
        "ends_on": _day(what.ends_on),
        "lead": _lead(place.area, what.lead),
        "building": _building(place.area, what.building),
        "quantity": _between(what.quantity, 1, 10**6, "quantity"),
        "livelihood": what.livelihood,
        "ground": _one_of(Ground, what.ground, "ground"),
        "use": _one_of(Use, what.use, "use"),
        "budget_fen": sum(fen for _source, fen in funding),
        "decision": decision,
        "decided_on": what.decided_on,
        "warranty_days": _between(what.warranty_days, 0, 3650, "warranty_days"),
        **_matter(what),
    }
    return _Checked(
        fields,
        tickets=_tickets(place.area, what.tickets, by, present),
        origins=_origins(what),
        funding=funding,
        quotes=_quotes(what.quotes),
        milestones=_milestones(what.milestones),
    )


def _matter(what: Draft) -> dict[str, object]:
    if what.matter:
        matter = Matter.objects.filter(code=what.matter).first()
        if matter is None:
            raise Refusal(_("This is none of the ten matters. Choose one from the list."), field="matter")
        return {"matter": matter, "no_matter": ""}
    why = clean(what.no_matter, field="no_matter", longest=200, required=False)
    if not why:
        raise Refusal(_("Choose one of the ten matters, or say why it belongs to none."), field="matter", code="required")
    return {"matter": None, "no_matter": why}


def _lead(area: int, organisation: int) -> Organisation:
    found = complaints.answering_for(area).filter(pk=organisation).first()
    if found is None:
        raise Refusal(_("This organisation does not answer for this place. Choose one from the list."), field="lead")
    return found


def _building(area: int, building: int | None) -> Building | None:
    if building is None:
        return None
    found = communities.buildings(area).filter(pk=building).first()
    if found is None:
        raise Refusal(_("This is no building of the compound."), field="building")
    return found


def _day(ends_on: date) -> date:
    today = clock.today()
    if not 0 <= (ends_on - today).days <= LONGEST_AHEAD:
        raise Refusal(_("Choose a day from today to a year ahead."), field="ends_on")
    return ends_on


def _between(number: int, least: int, most: int, name: str) -> int:
    if not least <= number <= most:
        raise Refusal(_("Give a number from %(least)d to %(most)d.") % {"least": least, "most": most}, field=name)
    return number


def _one_of(choices: type[Ground] | type[Use] | type[OriginKind] | type[Source], value: str, name: str) -> str:
    if value not in choices.values:
        raise Refusal(_("Choose one from the list."), field=name)
    return value


def _tickets(area: int, numbers: Sequence[str], by: Actor, present: Project | None) -> list[Ticket]:
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_ORIGINS:
        raise Refusal(_("At most %(most)d complaints fit.") % {"most": MOST_ORIGINS}, field="tickets")
    known = {*(present.origins.exclude(ticket=None).values_list("ticket__number", flat=True) if present else ())}
    seen = complaints.visible_to(by).filter(area=area, number__in=wanted, restricted=False)
    kept = Ticket.objects.filter(area=area, number__in=known & set(wanted))
    found = {ticket.number: ticket for ticket in [*seen, *kept]}
    missing = [number for number in wanted if number not in found]
    if missing:
        raise Refusal(
            _("No complaint of this compound has the number %(number)s.") % {"number": missing[0]},
            field="tickets",
            code="not_found",
        )
    return [found[number] for number in wanted]


def _origins(what: Draft) -> list[tuple[str, str]]:
    rows = []
    for kind, words in what.origins:
        if kind == OriginKind.TICKET:
            raise Refusal(_("Name complaints by their numbers."), field="origins")
        cleaned = clean(words, field="origins", longest=LONGEST_WORDS)
        rows.append((_one_of(OriginKind, kind, "origins"), cleaned))
    if not rows and not what.tickets:
        raise Refusal(_("Say what it grew from: complaints, a decision, or what you saw."), field="tickets", code="required")
    return rows


def _funding(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    kept = [(_one_of(Source, source, "funding"), _between(fen, 1, MOST_FEN, "funding")) for source, fen in rows]
    if len({source for source, _fen in kept}) < len(kept):
        raise Refusal(_("Each source stands once."), field="funding")
    return kept


def _quotes(rows: Sequence[tuple[str, int, bool]]) -> list[tuple[str, int, bool]]:
    if len(rows) > MOST_QUOTES:
        raise Refusal(_("At most %(most)d quotes fit.") % {"most": MOST_QUOTES}, field="quotes")
    if sum(chosen for _supplier, _fen, chosen in rows) > 1:
        raise Refusal(_("Choose one quote only."), field="quotes")
    return [(clean(who, field="quotes", longest=80), _between(fen, 1, MOST_FEN, "quotes"), chosen) for who, fen, chosen in rows]


def _milestones(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    if len(rows) > MOST_MILESTONES:
        raise Refusal(_("At most %(most)d milestones fit.") % {"most": MOST_MILESTONES}, field="milestones")
    kept = [(clean(name, field="milestones", longest=60), _between(weight, 1, 100, "milestones")) for name, weight in rows]
    return kept or [(str(name), weight) for name, weight in WHOLE]
