"""What other systems hand over, and what they are told: partners, messages in, deliveries out, and the daily comparison."""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints.actions import tickets
from complaints.actions.exchange_news import queue
from complaints.actions.filing import Filed, Filing, file
from complaints.exchange import signing
from complaints.exchange.sending import Problem, send
from complaints.exchange_states import DeliveryState, PartnerKind
from complaints.models import Delivery, Partner, PartnerCase, SeenNonce, Ticket
from complaints.permissions import may_manage_partners
from complaints.states import State
from people import actors
from people.actors import Actor
from people.models import Organisation
from tenancy import areas, bell, clock, scope
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

logger = logging.getLogger(__name__)
LONGEST_CASE = 60
MOST_TRIES = 10
FIRST_LEASE, LONGEST_LEASE = timedelta(seconds=20), timedelta(hours=6)
REMEMBERED = timedelta(seconds=2 * signing.WINDOW)
COMPARED_DAYS, MOST_COMPARED, MOST_DIFFERENCES = 30, 5_000, 100


# Partners


def secrets_of(partner: Partner) -> list[str]:
    """The secret, and what it was under earlier keys of the installation: those count for what comes in."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("mulin.exchange", f"{partner.pk}:{partner.salt}", secret=key, algorithm="sha256").hexdigest() for key in keys
    ]


@transaction.atomic
def add_partner(*, county: int, name: str, kind: str, organisation: int, url: str = "", by: Actor) -> tuple[Partner, str]:
    """Another system of the county, and its secret, which is shown this once.

    Raises Refusal on `name`, `kind`, `organisation` or `url`; NotThere for what is no county; NotAllowed.
    """
    if not may_manage_partners(by, county):
        raise NotAllowed
    if not Area.objects.filter(code=county, level=areas.Level.COUNTY).exists():
        raise NotThere
    named = clean(name, field="name", longest=60)
    if Partner.objects.filter(area=county, name=named, ended_at=None).exists():
        raise Refusal(_("There is a system of this name already."), field="name", code="exists")
    if kind not in PartnerKind.values:
        raise Refusal(_("Choose what kind of system it is."), field="kind", code="not_found")
    office = Organisation.objects.filter(pk=organisation, active=True, area=county).first()
    if office is None:
        raise Refusal(_("Choose an organisation of the county."), field="organisation", code="not_found")
    row = Partner.objects.create(
        area=county,
        name=named,
        kind=kind,
        organisation=office,
        url=allowed(url),
        salt=secrets.token_hex(16),
        made_by_id=by.id,
    )
    audit.record(row, "partner.added", by=by, area=county, after={"name": named, "kind": kind, "url": row.url})
    return row, secrets_of(row)[0]


def allowed(url: str) -> str:
    """An address that messages may go to: https, and a host that whoever runs the server has listed. Raises Refusal."""
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.netloc
        fits = parts.scheme == "https" or (parts.scheme == "http" and not settings.IS_PRODUCTION)
    except ValueError:
        fits, host = False, ""
    if not fits or not host or "@" in host or len(url) > 300:
        raise Refusal(_("Give an address that begins with https://."), field="url")
    if host not in settings.MULIN_EXCHANGE_HOSTS:
        raise Refusal(
            _("Messages may not go to %(host)s: whoever runs the server lists the hosts in MULIN_EXCHANGE_HOSTS.")
            % {"host": host},
            field="url",
        )
    return url


def _get(partner_id: int, *, by: Actor) -> Partner:
    row: Partner | None = Partner.objects.select_for_update(of=("self",)).filter(pk=partner_id).first()
    if row is None or not may_manage_partners(by, row.area):
        raise NotThere
    return row


@transaction.atomic
def change_secret(partner_id: int, *, by: Actor) -> tuple[Partner, str]:
    """The old secret counts no more from now on. Raises NotThere, WrongState."""
    row = _get(partner_id, by=by)
    if row.ended_at is not None:
        raise WrongState(_("This connection has ended."))
    row.salt = secrets.token_hex(16)
    row.save(update_fields=["salt"])
    audit.record(row, "partner.secret_changed", by=by, area=row.area, after={})
    return row, secrets_of(row)[0]


@transaction.atomic
def change_url(partner_id: int, *, url: str, by: Actor) -> Partner:
    row = _get(partner_id, by=by)
    before, row.url = row.url, allowed(url)
    row.save(update_fields=["url"])
    audit.record(row, "partner.url_changed", by=by, area=row.area, before={"url": before}, after={"url": row.url})
    return row


@transaction.atomic
def end_partner(partner_id: int, *, by: Actor) -> Partner:
    """Nothing is taken from it or sent to it any more. Twice is once."""
    row = _get(partner_id, by=by)
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        audit.record(row, "partner.ended", by=by, area=row.area, after={})
    return row


# Messages in


def admit(partner: Partner, headers: Mapping[str, str], *, method: str, path: str, body: bytes) -> None:
    """Raises signing.BadSignature for what is not signed by this partner, is too old, or was taken before.

    In a transaction of its own: a message that is refused for what it says has been used up all the same.
    """
    now = int(clock.now().timestamp())
    sealed = signing.check(secrets_of(partner), headers, now=now, method=method, path=path, body=body)
    try:
        with transaction.atomic():
            SeenNonce.objects.create(area=partner.area, partner=partner.pk, nonce=sealed.nonce)
    except IntegrityError as problem:
        raise signing.BadSignature("seen before") from problem
    Partner.objects.filter(pk=partner.pk).update(heard_at=Now())


def _holder(partner: Partner, *, tracking: str = "") -> Actor:
    return actors.visitor(f"partner-{partner.pk}", tracking=tracking)


@transaction.atomic
def take_case(partner: Partner, case: str, filing: Filing) -> Filed:
    """File what the partner hands over. The same case with the same content is filed once.

    Raises Refusal naming the field; KeyReused for another content under the same case.
    """
    named = clean(case, field="case", longest=LONGEST_CASE)
    filed = file(filing, by=_holder(partner), key=named)
    if not filed.earlier:
        PartnerCase.objects.create(area=filed.ticket.area, partner=partner.pk, case=named, ticket=filed.ticket)
        after = {"partner": partner.pk, "case": named}
        audit.record(filed.ticket, "exchange.case_taken", by=_holder(partner), area=filed.ticket.area, after=after)
    return filed


def case_of(partner: Partner, case: str) -> PartnerCase:
    """Raises NotThere for another partner's, too."""
    found = PartnerCase.objects.filter(partner=partner.pk, case=case[:LONGEST_CASE].replace("\x00", ""))
    row: PartnerCase | None = found.select_related("ticket").first()
    if row is None:
        raise NotThere
    return row


@transaction.atomic
def withdraw_case(partner: Partner, case: str, text: str) -> Ticket:
    """The caller has withdrawn it there. Twice is once. Raises NotThere, WrongState."""
    ticket = case_of(partner, case).ticket
    if ticket.state == State.CANCELLED:
        return ticket
    by = _holder(partner, tracking=ticket.number)
    return tickets.cancel(ticket.number, by=by, version=ticket.version, text=text)


# Messages out


CLAIM = """
WITH chosen AS MATERIALIZED (
  SELECT id FROM complaints_delivery WHERE state = 'queued' AND try_after <= statement_timestamp()
   ORDER BY try_after, made_at LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE complaints_delivery delivery SET tries = tries + 1,
       try_after = statement_timestamp() + LEAST(%(first)s * power(2, LEAST(tries, 12)), %(longest)s)
  FROM chosen WHERE delivery.id = chosen.id
RETURNING delivery.id, area, tries
"""


def claim() -> tuple[str, int, int] | None:
    """One delivery that waits, its try counted: (id, area, tries). Commits at once."""
    with scope.everything(reason="find a delivery that waits"), connection.cursor() as cursor:
        leases: dict[str, Any] = {"first": FIRST_LEASE, "longest": LONGEST_LEASE}
        cursor.execute(CLAIM, leases)
        row = cursor.fetchone()
    return (str(row[0]), row[1], row[2]) if row else None


def deliver(delivery_id: str, area: int, tries: int) -> bool:
    """Send one claimed delivery. True when the partner took it.

    No row is locked while the partner thinks. It may get the same delivery twice, under the same id, and must not mind.
    """
    county = areas.ancestor(area, areas.Level.COUNTY)
    with scope.place(county):
        row: Delivery | None = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.QUEUED, tries=tries).first()
        if row is None:
            return False
        partner = Partner.objects.filter(pk=row.partner).first()
        problem = ""
        if partner is None or partner.ended_at is not None or not partner.url:
            problem = "no address"
        else:
            try:
                answer_of(partner, {"delivery": str(row.pk), **row.body})
            except Problem as failed:
                problem = str(failed)
        with transaction.atomic():
            return _delivered(row, partner, problem)


def _delivered(row: Delivery, partner: Partner | None, problem: str) -> bool:
    waiting = Delivery.objects.filter(pk=row.pk, state=DeliveryState.QUEUED)
    if not problem and partner is not None:
        waiting.update(state=DeliveryState.SENT, sent_at=Now(), problem="")
        Partner.objects.filter(pk=partner.pk).update(told_at=Now())
        return True
    given_up = row.tries >= MOST_TRIES or problem == "no address"
    waiting.update(problem=problem[:200], state=DeliveryState.GIVEN_UP if given_up else DeliveryState.QUEUED)
    logger.warning("delivery %s not taken: %s", row.pk, problem)
    return False


def answer_of(partner: Partner, message: dict[str, Any]) -> dict[str, Any]:
    """Send a signed message and read what comes back. Raises sending.Problem."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    path = urlsplit(partner.url).path or "/"
    now = int(clock.now().timestamp())
    sealed = signing.headers(secrets_of(partner)[0], now=now, method="POST", path=path, body=body)
    return send(partner.url, body, sealed)


@transaction.atomic
def try_again(partner_id: int, *, by: Actor) -> int:
    """Queue what was given up; returns how many. Raises NotThere."""
    row = _get(partner_id, by=by)
    given_up = Delivery.objects.filter(partner=row.pk, state=DeliveryState.GIVEN_UP)
    changed = int(given_up.update(state=DeliveryState.QUEUED, tries=0, try_after=Now()))
    if changed:
        audit.record(row, "partner.tried_again", by=by, area=row.area, after={"deliveries": changed})
        bell.ring("complaints.deliver")
    return changed


# The daily comparison


@dataclass(frozen=True)
class Compared:
    told_anew: int
    differences: list[dict[str, str]]


def compare(partner: Partner) -> Compared:
    """Ask the partner for its cases of the last thirty days, and tell it anew what it has an older version of.

    Cases that only one side knows cannot be mended by itself: they are kept for the administrator. Raises sending.Problem.
    """
    since = clock.now() - timedelta(days=COMPARED_DAYS)
    said = answer_of(partner, {"kind": "list", "since": since.isoformat()}).get("cases")
    theirs: dict[str, int] = {}
    for each in said[:MOST_COMPARED] if isinstance(said, list) else []:
        if isinstance(each, dict) and isinstance(each.get("case"), str):
            version = each.get("version")
            theirs[each["case"]] = version if isinstance(version, int) else 0
    rows = PartnerCase.objects.filter(partner=partner.pk, made_at__gte=since).select_related("ticket__lead").order_by("pk")
    ours = {row.case: row for row in rows[:MOST_COMPARED]}
    differences = [{"case": case, "problem": "not_here"} for case in theirs if case not in ours]
    differences += [{"case": case, "problem": "not_there"} for case in ours if case not in theirs]
    told_anew = 0
    with transaction.atomic():
        for case, row in ours.items():
            waits = Delivery.objects.filter(ticket=row.ticket, state=DeliveryState.QUEUED).exists()
            if case in theirs and theirs[case] < row.ticket.version and not waits:
                queue(row, row.ticket)
                told_anew += 1
        Partner.objects.filter(pk=partner.pk).update(compared_at=Now(), differences=differences[:MOST_DIFFERENCES])
    return Compared(told_anew, differences)


def compare_all() -> int:
    """Each partner that takes messages, once; returns how many answered."""
    with scope.everything(reason="compare cases with other systems"):
        found = list(Partner.objects.filter(ended_at=None).exclude(url="").order_by("pk"))
    answered = 0
    for partner in found:
        with scope.place(partner.area):
            try:
                compare(partner)
                answered += 1
            except Problem as problem:
                logger.warning("partner %s could not be compared: %s", partner.pk, problem)
    return answered


def forget_nonces() -> int:
    """Those whose messages would be refused as too old."""
    with scope.everything(reason="forget old nonces"):
        gone, _rows = SeenNonce.objects.filter(at__lt=clock.now() - REMEMBERED).delete()
    return gone
