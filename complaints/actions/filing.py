"""Filing a complaint: by a resident, by the firm on patrol, by a clerk for a caller, or without an account."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from communities.models import Building, Compound, Home
from complaints import indexing, numbers, permissions, personal, routing
from complaints.actions import telling, timing
from complaints.models import FilingKey, Ticket, TicketPhoto
from complaints.states import FIRST, Channel, EventKind, PhotoKind
from files import actions as files
from files.images import MAX_PHOTOS, Photo
from people.actors import Actor
from people.roles import STREET, Role
from tenancy import bell, clock
from tenancy.refusals import KeyReused, NotAllowed, NotThere, Refusal
from tenancy.text import clean

LONGEST_TEXT = 2000
LONGEST_SPOT = 120
LONGEST_KEY = 255


@dataclass(frozen=True)
class Filing:
    """What somebody wants to file. `compound` is the 15-digit place code; `building` and `home` are ids within it."""

    compound: int
    text: str
    channel: Channel = Channel.WEB
    building: int | None = None
    home: int | None = None
    spot: str = ""
    photos: Sequence[Photo] = field(default=(), repr=False)
    anonymous: bool = False
    confidential: bool = False
    reporter_name: str = ""
    reporter_phone: str = ""

    def fingerprint(self) -> str:
        """Equal for equal content: what an Idempotency-Key is bound to."""
        content = [self.compound, self.text, self.channel, self.building, self.home, self.spot, self.anonymous]
        content += [self.confidential, self.reporter_name, self.reporter_phone, [photo.sha256 for photo in self.photos]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True)
class Filed:
    """The ticket, its tracking code, and the answer that an earlier use of the same key got (None the first time)."""

    ticket: Ticket
    code: str
    key: FilingKey | None
    earlier: bool


@transaction.atomic
def file(filing: Filing, *, by: Actor, key: str = "") -> Filed:
    """File a complaint; it waits in state `submitted` for a worker to route it.

    Raises Refusal naming the field that must change; NotThere for a compound that is absent or elsewhere; NotAllowed;
    KeyReused when `key` was used with other content. The same key with the same content gives the same ticket.
    """
    compound = Compound.objects.filter(area=filing.compound).first()
    if compound is None:
        raise PlaceNotThere
    channel, reporting = _standing(filing, by)
    text = clean(filing.text, field="text", longest=LONGEST_TEXT, lines=True)
    spot = clean(filing.spot, field="spot", longest=LONGEST_SPOT, required=False)
    name = clean(filing.reporter_name, field="reporter_name", longest=60, required=False)
    phone = _phone(filing.reporter_phone)
    if len(filing.photos) > MAX_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MAX_PHOTOS}, field="photos", code="too_many")
    building, home = _within(compound, filing)
    if filing.anonymous or filing.confidential:
        home = None  # a door number says who it is as surely as a name does

    claimed = _claim_key(key, filing, by, compound.area) if key else None
    if claimed is not None and claimed.ticket is not None:
        return Filed(claimed.ticket, numbers.tracking_code(claimed.ticket.number), claimed, earlier=True)

    at = clock.now()
    ticket = insert(
        Ticket(
            area=compound.area,
            state=FIRST,
            compound=compound,
            building=building,
            home=home,
            spot=spot,
            text=text,
            channel=channel,
            reporter=by.user if reporting and by.is_person else None,
            reporter_name=name or (by.user.name if reporting and by.is_person else ""),
            reporter_phone=phone or (by.user.phone or "" if reporting and by.is_person else ""),
            anonymous=filing.anonymous,
            confidential=filing.confidential,
            emergency=routing.is_emergency(text),
            filed_at=at,
            filed_by_id=by.id,
        )
    )
    kept = files.keep(filing.photos, area=ticket.area, by=by)
    if kept:
        TicketPhoto.objects.bulk_create(
            TicketPhoto(area=ticket.area, ticket=ticket, photo=photo, kind=PhotoKind.FILED) for photo in kept
        )
    if claimed is not None:
        claimed.ticket = ticket
        claimed.save(update_fields=["ticket"])
    timing.filed(ticket, by=by)
    ticket.save(update_fields=timing.DUE_FIELDS)
    reporter = by if by.is_person else Actor(by.user, (), by.session, tracking=ticket.number)
    telling.note(ticket, EventKind.FILED, by=reporter, old="", facts={"channel": channel, "photos": len(kept)})
    if ticket.emergency:
        telling.tell_street(ticket, "ticket_emergency")
    bell.ring("complaints.route", ticket.pk, ticket.area, to=bell.URGENT if ticket.emergency else bell.DEFAULT)
    return Filed(ticket, numbers.tracking_code(ticket.number), claimed, earlier=False)


class PlaceNotThere(NotThere):
    """The compound of a filing is absent or elsewhere; said next to the field."""

    def __init__(self) -> None:
        super().__init__(_("There is no such compound among your places. Choose one of yours, or scan the code at its gate."))
        self.field = "compound"


def _standing(filing: Filing, by: Actor) -> tuple[Channel, bool]:
    """The channel, and whether the filer is the reporter (a clerk files for a caller, a firm logs what it found)."""
    area = filing.compound
    if not permissions.may_file(by, area):
        raise NotAllowed(_("You can file for compounds where you live or work. Elsewhere, scan the code at the gate."))
    if not by.is_person:
        return (filing.channel if filing.channel in (Channel.OPEN311, Channel.PARTNER) else Channel.QR), True
    if filing.channel == Channel.PHONE:
        if not permissions.may_file_for_caller(by, area):
            raise NotAllowed(_("Only the street office files for callers."))
        return Channel.PHONE, False
    if filing.channel == Channel.PATROL or not by.holds(area, {Role.RESIDENT}):
        if not permissions.may_log_patrol(by, area):
            if by.holds(area, STREET):
                return Channel.PHONE, False
            raise NotAllowed(_("Only the property firm's people log what they find on patrol."))
        return Channel.PATROL, False
    return filing.channel, True


def _phone(value: str) -> str:
    phone = clean(value, field="reporter_phone", longest=20, required=False)
    if phone and not all(character.isdigit() or character in "+- " for character in phone):
        raise Refusal(_("A phone number has only digits, spaces, + and -."), field="reporter_phone")
    return phone


def _within(compound: Compound, filing: Filing) -> tuple[Building | None, Home | None]:
    home = building = None
    if filing.home is not None:
        home = Home.objects.filter(area=compound.area, pk=filing.home).select_related("building").first()
        if home is None:
            raise Refusal(_("This home is not in the chosen compound."), field="home", code="not_found")
        building = home.building
    if filing.building is not None:
        building = Building.objects.filter(area=compound.area, pk=filing.building).first()
        if building is None or (home is not None and home.building_id != building.pk):
            raise Refusal(_("This building is not in the chosen compound."), field="building", code="not_found")
    return building, home


def insert(ticket: Ticket) -> Ticket:
    """Number the ticket and insert it, with personal data in its text masked; a number that happens to exist is drawn again."""
    masked = personal.masked(ticket.text)
    ticket.text_masked = masked if masked != ticket.text else ""
    for last in (False, False, True):
        ticket.number = numbers.new_number(ticket.area, ticket.filed_at)
        try:
            with transaction.atomic():
                ticket.save(force_insert=True)
        except IntegrityError as problem:
            if last or "number" not in str(problem):
                raise
        else:
            break
    indexing.keep(ticket)
    return ticket


def _claim_key(key: str, filing: Filing, by: Actor, area: int) -> FilingKey:
    """Claim an Idempotency-Key. A second request with the same key waits here until the first has ended."""
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refusal(_("An Idempotency-Key has at most 255 printable characters."), field="Idempotency-Key")
    holder = f"user:{by.id}" if by.is_person else f"session:{by.session}"
    body = filing.fingerprint()
    row = FilingKey(area=area, holder=holder, key=key, body_sha256=body)
    FilingKey.objects.bulk_create([row], ignore_conflicts=True)
    found: FilingKey | None = FilingKey.objects.select_related("ticket__compound").filter(holder=holder, key=key).first()
    if found is None or found.body_sha256 != body:
        raise KeyReused
    return found


def remember_answer(key: FilingKey, answer: dict[str, Any]) -> None:
    """Keep what the API answered, in the transaction of the filing, so that a retry gets the very same."""
    key.answer = answer
    key.save(update_fields=["answer"])
