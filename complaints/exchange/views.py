"""Where other systems hand over messages: `POST exchange/{county}/{partner}/`, signed."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from complaints.actions import exchange
from complaints.actions.exchange_news import told
from complaints.actions.filing import Filing
from complaints.exchange.signing import BadSignature
from complaints.models import Partner, PartnerCase
from complaints.states import Channel
from people.http import HttpRequest
from people.throttling import exceeded
from tenancy import scope
from tenancy.areas import SPANS, Level, ancestor, level_of
from tenancy.refusals import Refusal

logger = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024
A_MINUTE = 600
"""Messages from one address (own)."""
MOST_ASKED = 500
Message = dict[str, Any]


def failed(status: int, code: str, message: object, field: str = "") -> HttpResponse:
    return JsonResponse({"error": {"code": code, "field": field or None, "message": str(message)}}, status=status)


@csrf_exempt  # no cookie counts here: the signature does
@require_POST
def take(request: HttpRequest, county: int, partner: int) -> HttpResponse:
    """401 for all that is not signed as it must be: a partner that is absent, ended or of another county answers alike."""
    if exceeded("exchange", most=A_MINUTE, seconds=60):
        return failed(429, "throttled", _("Too many messages came from this address. Wait a minute."))
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = b""
    if not body or len(body) > LONGEST_BODY:
        return failed(400, "invalid", _("A message is a JSON object of at most 64 kB."))
    with scope.place(county * SPANS[Level.COUNTY]):
        row = Partner.objects.filter(pk=partner, ended_at=None).first()
        try:
            if row is None:
                raise BadSignature("no such partner")
            exchange.admit(row, request.headers, method="POST", path=request.path, body=body)
        except BadSignature as problem:
            logger.warning("message to partner %s of %s refused: %s", partner, county, problem)
            return failed(401, "not_signed", _("The message does not count: check secret, clock and nonce."))
        return _answer(row, body)


def _answer(partner: Partner, body: bytes) -> HttpResponse:
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        return failed(400, "invalid", _("A message is a JSON object of at most 64 kB."))
    work = KINDS.get(str(message.get("kind", "")))
    if work is None:
        return failed(400, "invalid", _("The kind of message is one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)}, "kind")
    try:
        return JsonResponse(work(partner, message))
    except Refusal as refusal:
        status = 400 if refusal.status == 404 and refusal.field else refusal.status
        return failed(status, refusal.code, refusal.message, refusal.field)


def _text(message: Message, name: str) -> str:
    found = message.get(name, "")
    if not isinstance(found, str):
        raise Refusal(_("This must be text."), field=name)
    return found


def _flag(message: Message, name: str) -> bool:
    found = message.get(name, False)
    if not isinstance(found, bool):
        raise Refusal(_("This must be true or false."), field=name)
    return found


def _file(partner: Partner, message: Message) -> Message:
    place = message.get("compound")
    code = int(place) if isinstance(place, str) and place.isascii() and place.isdigit() and len(place) == 15 else 0
    if not code or level_of(code) != Level.COMPOUND or ancestor(code, Level.COUNTY) != partner.area:
        raise Refusal(_("Give the 15-digit code of a compound of this county."), field="compound")
    filing = Filing(
        compound=code,
        text=_text(message, "text"),
        channel=Channel.PARTNER,
        spot=_text(message, "spot"),
        anonymous=_flag(message, "anonymous"),
        confidential=_flag(message, "confidential"),
        reporter_name=_text(message, "reporter_name"),
        reporter_phone=_text(message, "reporter_phone"),
    )
    filed = exchange.take_case(partner, _text(message, "case"), filing)
    return {"case": message["case"], "earlier": filed.earlier, **told(filed.ticket)}


def _withdraw(partner: Partner, message: Message) -> Message:
    case = _text(message, "case")
    return {"case": case, **told(exchange.withdraw_case(partner, case, _text(message, "text")))}


def _states(partner: Partner, message: Message) -> Message:
    asked = message.get("cases")
    if not isinstance(asked, list) or len(asked) > MOST_ASKED or not all(isinstance(each, str) for each in asked):
        raise Refusal(_("Give a list of at most %(most)d cases.") % {"most": MOST_ASKED}, field="cases")
    wanted = [each for each in asked if "\x00" not in each]
    found = PartnerCase.objects.filter(partner=partner.pk, case__in=wanted).select_related("ticket__lead").order_by("pk")
    return {"cases": [{"case": row.case, **told(row.ticket)} for row in found]}


KINDS: dict[str, Callable[[Partner, Message], Message]] = {"file": _file, "withdraw": _withdraw, "states": _states}
