"""Tokens for the API: one per device or program, stored as a digest, with an end."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from audit import actions as audit
from people.models import User

MOST_TOKENS = 20
"""Live tokens per person; a new one takes the place of the oldest (own rule)."""


@transaction.atomic
def issue(user: User) -> tuple[str, datetime]:
    """A new token and its end. Whoever calls has checked password and second factor. The token itself is stored nowhere."""
    User.objects.select_for_update().get(pk=user.pk)
    kept = AuthToken.objects.filter(user=user, expiry__gt=timezone.now()).order_by("-created", "pk").values("pk")
    AuthToken.objects.filter(Q(user=user) & ~Q(pk__in=list(kept[: MOST_TOKENS - 1].values_list("pk", flat=True)))).delete()
    row, token = AuthToken.objects.create(user, expiry=timedelta(days=settings.AUTHENTICATION_TOKEN_DAYS))
    audit.record(user, "account.token_issued", by=user, area=audit.INSTALLATION, after={"expires_at": row.expiry.isoformat()})
    return token, row.expiry


@transaction.atomic
def revoke(token: AuthToken, *, by: User) -> None:
    """The token counts no longer, from the next request on."""
    token.delete()
    audit.record(by, "account.token_revoked", by=by, area=audit.INSTALLATION)
