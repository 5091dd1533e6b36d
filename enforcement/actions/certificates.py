"""Certificates of officers: entered and revoked by the head of their organisation."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from enforcement.models import Certificate
from enforcement.visit_permissions import may_keep_certificates
from enforcement.visit_queries import certificates_known_to, kept_by
from people.actors import Actor
from people.models import Organisation, User
from people.queries import holders
from people.roles import DEPARTMENT
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_NUMBER, LONGEST_FIELDS, LONGEST_WHY = 30, 60, 200
MOST_YEARS = 10


@transaction.atomic
def enter(
    organisation: int, user: int, *, by: Actor, number: str, valid_from: date, valid_until: date, fields: str = ""
) -> Certificate:
    """Enter the certificate of one of the organisation's people. Raises NotThere, and Refusal naming the field."""
    body = next((each for each in kept_by(by) if each.pk == organisation), None)
    if body is None:
        raise NotThere
    officer = _people(body).get(user)
    if officer is None:
        raise Refusal(_("Choose one of the organisation's people."), field="user")
    if not valid_from <= valid_until:
        raise Refusal(_("The last day lies before the first."), field="valid_until")
    if valid_until.year - valid_from.year > MOST_YEARS:
        raise Refusal(_("A certificate is valid for at most %(most)d years here.") % {"most": MOST_YEARS}, field="valid_until")
    row = Certificate(
        area=body.area,
        organisation=body,
        user=officer,
        number=clean(number, field="number", longest=LONGEST_NUMBER),
        fields=clean(fields, field="fields", longest=LONGEST_FIELDS, required=False),
        valid_from=valid_from,
        valid_until=valid_until,
        entered_at=clock.now(),
        entered_by_id=by.id,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Refusal(_("There is a certificate with this number already."), field="number", code="twice") from twice
    after = {"number": row.number, "user": officer.pk, "until": f"{valid_until}"}
    audit.record(row, "certificate.entered", by=by, area=row.area, after=after)
    return row


@transaction.atomic
def revoke(certificate_id: int, *, by: Actor, reason: str) -> Certificate:
    """It is not valid any more, from now on. What was done with it stands."""
    row = certificates_known_to(by).select_for_update(of=("self",)).filter(pk=certificate_id).first()
    if row is None:
        raise NotThere
    if not may_keep_certificates(by, row.organisation):
        raise NotAllowed
    if row.revoked_at is not None:
        raise WrongState(_("It was revoked already."))
    row.revoked_why = clean(reason, field="reason", longest=LONGEST_WHY)
    row.revoked_at, row.revoked_by = clock.now(), by.user
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_why"])
    audit.record(row, "certificate.revoked", by=by, area=row.area, after={"number": row.number, "why": row.revoked_why})
    return row


def _people(body: Organisation) -> dict[int, User]:
    """Who may be an officer of an organisation: those who act for it today."""
    return {user.pk: user for user in holders(DEPARTMENT, body.area, organisation=body)}


def people_of(body: Organisation) -> list[User]:
    return list(_people(body).values())
