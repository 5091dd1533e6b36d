"""Keys for Open311, and filing with one: what another office's system hands over for somebody who called there."""

import hashlib
import secrets

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints.actions.filing import Filed, Filing, file
from complaints.models import Leaf, Open311Key
from complaints.permissions import may_manage_open311
from people import actors
from people.actors import Actor
from people.models import Organisation
from tenancy import areas, clock
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal


def digest_of(secret: str) -> str:
    """Keys are 256 random bits, so one round of SHA-256 is enough (own)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def session_of(key: Open311Key) -> str:
    """What the tickets and retries of one key have in common."""
    return f"open311-{key.pk}"


@transaction.atomic
def give_key(*, county: int, organisation: int, by: Actor, secret: str = "") -> tuple[Open311Key, str]:
    """A key for an organisation's system, and its text, which is kept nowhere. A `secret` of the county's own is taken over.

    Raises NotThere for what is no county, Refusal for an organisation that does not answer for it, NotAllowed.
    """
    if not may_manage_open311(by):
        raise NotAllowed
    if not Area.objects.filter(code=county, level=areas.Level.COUNTY).exists():
        raise NotThere(_("There is no such county."))
    row = Organisation.objects.filter(pk=organisation, active=True).first()
    if row is None or not (row.area in areas.lineage(county) or areas.ancestor(row.area, areas.Level.COUNTY) == county):
        raise Refusal(_("This organisation does not answer for any place of the county."), field="organisation")
    text = secret or f"o311_{secrets.token_urlsafe(32)}"
    key = Open311Key.objects.create(area=county, organisation=row, digest=digest_of(text), made_by_id=by.id)
    audit.record(key, "open311_key.given", by=by, area=county, after={"organisation": row.pk})
    return key, text


@transaction.atomic
def revoke_key(key_id: int, *, by: Actor) -> Open311Key:
    """It counts no longer. Twice is once. Raises NotThere, NotAllowed."""
    if not may_manage_open311(by):
        raise NotAllowed
    key: Open311Key | None = Open311Key.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotThere
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = clock.now(), by.id
        key.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(key, "open311_key.revoked", by=by, area=key.area, after={})
    return key


@transaction.atomic
def file_request(filing: Filing, leaf: Leaf, *, key: Open311Key, retry: str = "") -> tuple[Filed, str]:
    """File for somebody who called another office. With it comes the token, for a kind whose number is not told at once.

    The same `retry` (an Idempotency-Key) with the same content files once. Raises what `filing.file` raises.
    """
    visitor = actors.visitor(session_of(key))
    token = _token(key, retry) if leaf.confidential else ""
    filed = file(filing, by=visitor, key=token or retry)
    if not filed.earlier:
        after = {"key": key.pk, "organisation": key.organisation_id, "service_code": leaf.code}
        audit.record(filed.ticket, "open311.request_filed", by=visitor, area=filed.ticket.area, after=after)
    return filed, token


def _token(key: Open311Key, retry: str) -> str:
    """Names its key, so that it is found by the index of used keys; a retry gets the same one."""
    if retry:
        return f"{key.pk}-{salted_hmac('mulin.open311', f'{key.pk}:{retry}', algorithm='sha256').hexdigest()[:32]}"
    return f"{key.pk}-{secrets.token_hex(16)}"
