"""A referral to the judge's workstation (法官工作站): draft it, name whom it concerns, send it, settle it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import queries as compounds
from complaints import queries as tickets
from enforcement import counsel_queries as queries
from enforcement.counsel_permissions import RULES, may_refer
from enforcement.counsel_states import ReferralState
from enforcement.models import Referral, ReferralParty
from notices import actions as notices
from people.actors import Actor
from people.models import User
from people.queries import holders
from people.roles import DEPARTMENT, PROPERTY, STREET, Role
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_RESULT = 80, 4_000, 2_000
LONGEST_NAME, LONGEST_PHONE, LONGEST_SIDE = 60, 20, 40
MOST_PARTIES = 20


class StaleReferral(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this referral meanwhile. Look at it again before you go on."))


@transaction.atomic
def draft(*, area: int, court: int, subject: str, text: str, by: Actor, ticket: str = "") -> Referral:
    """Begin a referral of a dispute of a compound, from a ticket that the street sees there, or free.

    Raises NotThere, NotAllowed, Refusal naming the field.
    """
    compound = compounds.compound(area)
    if not may_refer(by, area):
        raise NotAllowed if by.scope.covers(area) else NotThere
    if not queries.courts(area).filter(pk=court).exists():
        raise Refusal(_("Choose a court that answers for this place."), field="court", code="not_found")
    if ticket:
        _known_ticket(ticket, area, by=by)
    referral: Referral = Referral.objects.create(
        area=area,
        compound=compound,
        court_id=court,
        subject=clean(subject, field="subject", longest=LONGEST_SUBJECT),
        text=clean(text, field="text", longest=LONGEST_TEXT, lines=True),
        ticket=ticket,
        drafted_at=clock.now(),
        drafted_by_id=by.id,
    )
    note(referral, "drafted", by=by, court=referral.court_id, ticket=ticket)
    return referral


@transaction.atomic
def add_party(
    referral_id: int, *, by: Actor, version: int, name: str, side: str, phone: str = "", reporter: bool = False
) -> ReferralParty:
    """Name somebody whom it concerns. With `reporter` it is who filed the ticket that it came from.

    Somebody of the compound with this telephone number says here what they think of it; others say it on paper.
    """
    referral = begin(referral_id, "add_party", by=by, version=version)
    said_phone = clean(phone, field="phone", longest=LONGEST_PHONE, required=False)
    known = ReferralParty.objects.filter(referral=referral)
    if known.count() >= MOST_PARTIES:
        raise Refusal(_("At most %(most)d people fit.") % {"most": MOST_PARTIES}, code="too_many")
    user = _reporter(referral, by=by) if reporter else _account(referral, said_phone)
    if user is not None and known.filter(user=user).exists():
        raise Refusal(_("This person is named already."), field="phone", code="twice")
    party: ReferralParty = ReferralParty.objects.create(
        area=referral.area,
        referral=referral,
        name=clean(name, field="name", longest=LONGEST_NAME),
        phone=said_phone,
        side=clean(side, field="side", longest=LONGEST_SIDE),
        user=user,
    )
    finish(referral, ReferralState.DRAFTED, "party_added", [], by=by, party=party.pk)
    return party


@transaction.atomic
def remove_party(referral_id: int, party_id: int, *, by: Actor, version: int) -> Referral:
    """Take back that it concerns somebody, before anybody was asked."""
    referral = begin(referral_id, "remove_party", by=by, version=version)
    queries.party(referral, party_id).delete()
    finish(referral, ReferralState.DRAFTED, "party_removed", [], by=by, party=party_id)
    return referral


@transaction.atomic
def ask(referral_id: int, *, by: Actor, version: int) -> Referral:
    """Ask everybody concerned whether they agree. Raises Refusal when nobody is named."""
    referral = begin(referral_id, "ask", by=by, version=version)
    known = queries.parties(referral)
    if not known:
        raise Refusal(_("Name everybody whom it concerns first."), code="required")
    finish(referral, ReferralState.WAITING, "asked", [], by=by, parties=[party.pk for party in known])
    people = User.objects.filter(pk__in=[party.user_id for party in known if party.user_id])
    tell(people, "referral_asked", referral, by=by)
    return referral


@transaction.atomic
def send(referral_id: int, *, by: Actor, version: int) -> Referral:
    """Send it to the court. Raises WrongState while somebody concerned does not agree, or has not said so yet."""
    referral = begin(referral_id, "send", by=by, version=version)
    if queries.missing_consent(referral):
        raise WrongState(_("Somebody concerned does not agree, or has not said so yet. Nothing is sent without their consent."))
    referral.sent_at, referral.sent_by_id = clock.now(), by.id
    finish(referral, ReferralState.SENT, "sent", ["sent_at", "sent_by"], by=by)
    tell(holders(DEPARTMENT, referral.area, organisation=referral.court), "referral_sent", referral, by=by)
    return referral


@transaction.atomic
def withdraw(referral_id: int, *, by: Actor, version: int, text: str) -> Referral:
    """It does not go to the court, or comes back before it was taken up."""
    referral = begin(referral_id, "withdraw", by=by, version=version)
    was = ReferralState(referral.state)
    _end(referral, ReferralState.WITHDRAWN, "withdrawn", text, by=by)
    if was != ReferralState.DRAFTED:
        tell(concerned(referral), "referral_withdrawn", referral, by=by)
    return referral


@transaction.atomic
def take_up(referral_id: int, *, by: Actor, version: int) -> Referral:
    """The court begins. From now on consent is no longer taken back here, but said to the court."""
    referral = begin(referral_id, "take_up", by=by, version=version)
    referral.taken_up_at, referral.taken_up_by_id = clock.now(), by.id
    finish(referral, ReferralState.TAKEN_UP, "taken_up", ["taken_up_at", "taken_up_by"], by=by)
    tell([*concerned(referral), *holders(STREET, referral.area)], "referral_taken_up", referral, by=by)
    return referral


@transaction.atomic
def settle(referral_id: int, *, by: Actor, version: int, text: str, agreed_on: date | None = None) -> Referral:
    """It was settled; `agreed_on` is the day on which a mediation agreement takes effect, when there is one."""
    referral = begin(referral_id, "settle", by=by, version=version)
    begun = timezone.localdate(referral.taken_up_at) if referral.taken_up_at else clock.today()
    if agreed_on is not None and not begun <= agreed_on <= clock.today():
        raise Refusal(_("Choose a day between the one on which it was taken up and today."), field="agreed_on")
    referral.agreed_on = agreed_on
    _end(referral, ReferralState.SETTLED, "settled", text, by=by, fields=["agreed_on"])
    until = queries.confirm_until(agreed_on).isoformat() if agreed_on else ""
    kind = "referral_agreed" if until else "referral_settled"
    tell([*concerned(referral), *holders(STREET, referral.area)], kind, referral, by=by, until=until)
    return referral


@transaction.atomic
def give_up(referral_id: int, *, by: Actor, version: int, text: str) -> Referral:
    """It could not be settled; the text says why and which way is open."""
    referral = begin(referral_id, "give_up", by=by, version=version)
    _end(referral, ReferralState.NOT_SETTLED, "not_settled", text, by=by)
    tell([*concerned(referral), *holders(STREET, referral.area)], "referral_not_settled", referral, by=by)
    return referral


def _known_ticket(number: str, area: int, *, by: Actor) -> Any:
    try:
        ticket = tickets.get(by, number)
    except NotThere:
        ticket = None
    if ticket is None or ticket.area != area or tickets.reads_as_neighbour(by, ticket):
        raise Refusal(_("There is no such ticket here that you can see."), field="ticket", code="not_found")
    return ticket


def _reporter(referral: Referral, *, by: Actor) -> User:
    """Who filed the ticket; not of one filed anonymously or in confidence, whose reporter nobody is to learn of."""
    ticket = _known_ticket(referral.ticket, referral.area, by=by) if referral.ticket else None
    if ticket is None or ticket.reporter_id is None or ticket.anonymous or ticket.confidential:
        raise Refusal(_("There is no ticket whose reporter may be asked here."), field="reporter", code="not_found")
    reporter: User = ticket.reporter
    return reporter


def _account(referral: Referral, phone: str) -> User | None:
    """Somebody who lives in the compound or runs it, by telephone number."""
    if not phone:
        return None
    return holders({Role.RESIDENT} | PROPERTY, referral.area).filter(phone=phone).first()


def begin(referral_id: int, action: str, *, by: Actor, version: int | None = None) -> Referral:
    """The referral, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    referral = queries.get(by, referral_id, lock=True)
    rule, states = RULES[action]
    if not rule(by, referral):
        raise NotAllowed
    if referral.state not in states:
        raise wrong_state(referral)
    if version is not None and referral.version != version:
        raise StaleReferral
    return referral


def wrong_state(referral: Referral) -> WrongState:
    return WrongState(_("This cannot be done now: the referral is “%(state)s”.") % {"state": referral.get_state_display()})


def finish(referral: Referral, new: ReferralState, what: str, fields: Sequence[str], *, by: Actor, **after: Any) -> None:
    """Save the changed row as the next version, and record it. The record names nobody concerned."""
    referral.state = new
    referral.version += 1
    referral.save(update_fields=[*fields, "state", "version"])
    note(referral, what, by=by, **after)


def note(referral: Referral, what: str, *, by: Actor, **after: Any) -> None:
    said = {"state": referral.state, "version": referral.version, **after}
    audit.record(referral, f"referral.{what}", by=by, area=referral.area, after=said)


def _end(referral: Referral, new: ReferralState, what: str, text: str, *, by: Actor, fields: Sequence[str] = ()) -> None:
    referral.result = clean(text, field="text", longest=LONGEST_RESULT, lines=True)
    referral.ended_at, referral.ended_by_id = clock.now(), by.id
    finish(referral, new, what, ["result", "ended_at", "ended_by", *fields], by=by)


def concerned(referral: Referral) -> list[User]:
    """Those concerned who have an account."""
    return [party.user for party in ReferralParty.objects.filter(referral=referral).select_related("user") if party.user]


def tell(people: Iterable[User], kind: str, referral: Referral, *, by: Actor, **facts: str) -> None:
    """Each once, but not who did it. A notice says where it is and no more: it also goes by e-mail."""
    told = {person.pk: person for person in people if person.pk != by.id}
    notices.tell(
        list(told.values()),
        kind,
        area=referral.area,
        key=f"referral:{referral.pk}:{referral.version}:{kind}",
        facts={"place": referral.compound.name, "court": referral.court.name, **facts},
        url=f"/checks/referrals/{referral.pk}/",
    )
