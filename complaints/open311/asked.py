"""What a client of GeoReport v2 asks for: arguments read, or refused by their names. An empty argument is as good as none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from complaints.actions.filing import LONGEST_TEXT, Filing
from complaints.models import Leaf
from complaints.open311 import words
from complaints.open311.answers import Fault
from complaints.states import UNANSWERED, Channel
from tenancy import clock
from tenancy.areas import Level, level_of

MOST = 1_000
WIDEST = timedelta(days=90)
"""GeoReport v2: "up to 90 days or the first 1000 requests, whichever is smaller"; a wider span asked for is refused (own)."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
NUMBER = re.compile(r"[0-9]{9}-[0-9]{4}-[0-9]{8}", re.ASCII)
ATTRIBUTE = re.compile(r"attribute\[([^\]]*)\](\[\])?")


def listed(value: str) -> list[str]:
    """`1, 2,` as ["1", "2"]."""
    return [each.strip() for each in value.split(",") if each.strip()]


def wanted(asked: QueryDict) -> Q:
    """Which requests. `service_request_id` overrides all other arguments."""
    numbers = listed(asked.get("service_request_id", ""))
    if numbers:
        if len(numbers) > MOST:
            raise Fault(400, _("service_request_id: at most %(most)d at once.") % {"most": MOST})
        return Q(number__in=[number for number in numbers if NUMBER.fullmatch(number)])
    found = _span(asked)
    codes = listed(asked.get("service_code", ""))
    if codes:
        found &= Q(leaf__in=[code for code in codes if "\x00" not in code])
    states = set(listed(asked.get("status", "")))
    if not states <= {words.OPENED, words.CLOSED}:
        raise Fault(400, _("status is open or closed, or both with a comma between."))
    if len(states) == 1:
        still_open = Q(state__in=sorted(UNANSWERED))
        found &= still_open if states == {words.OPENED} else ~still_open
    return found


def _span(asked: QueryDict) -> Q:
    start, end = _moment(asked, "start_date"), _moment(asked, "end_date")
    if start is None:
        start = (end or clock.now()) - WIDEST
    if end is None:
        end = start + WIDEST
    if end < start:
        raise Fault(400, _("end_date lies before start_date."))
    if end - start > WIDEST:
        raise Fault(400, _("start_date and end_date lie more than 90 days apart. Ask in several parts."))
    return Q(filed_at__gte=start, filed_at__lte=end)


def _moment(asked: QueryDict, name: str) -> datetime | None:
    value = asked.get(name, "").strip()
    if not value:
        return None
    try:
        found = parse_datetime(value.replace(" ", "+"))  # a plus that nobody encoded arrives as a blank
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        shown = {"name": name, "example": "2026-11-01T00:00:00+08:00"}
        raise Fault(400, _("%(name)s is a date and time with its zone, as in %(example)s.") % shown)
    return found.astimezone(UTC)


@dataclass(frozen=True)
class Wish:
    """What to file, and as what the sender's system sees it."""

    filing: Filing
    leaf: Leaf


def filed(said: QueryDict) -> Wish:
    """The form of POST requests. Raises Fault naming the argument."""
    code = said.get("service_code", "").strip()
    if not code:
        raise Fault(400, _("service_code was not provided."))
    leaf = Leaf.objects.select_related("category").filter(code=code).first() if "\x00" not in code else None
    if leaf is None:
        raise Fault(404, _("The service_code provided was not found."))
    compound = _place(said)
    answers = _attributes(said, leaf)
    described = said.get("description", "").strip()
    text = f"【{leaf.name}】{described}"
    if len(text) > LONGEST_TEXT:
        longest = LONGEST_TEXT - len(text) + len(described)
        raise Fault(400, _("description: at most %(longest)d characters fit.") % {"longest": longest})
    return Wish(
        Filing(
            compound=compound,
            text=text,
            channel=Channel.OPEN311,
            spot=answers.get("spot", ""),
            anonymous=answers.get("anonymous") == words.YES,
            confidential=leaf.confidential or answers.get("confidential") == words.YES,
            reporter_name=(said.get("last_name", "").strip() + said.get("first_name", "").strip()),
            reporter_phone=said.get("phone", "").strip(),
        ),
        leaf,
    )


def _place(said: QueryDict) -> int:
    """The compound. Mulin keeps no positions, so neither a point nor an address in words says which one is meant."""
    lat, long = said.get("lat", "").strip(), said.get("long", "").strip()
    if bool(lat) != bool(long):
        raise Fault(400, _("lat and long go together; one of them was not provided."))
    value = said.get("address_id", "").strip()
    if not value:
        raise Fault(
            400, _("address_id was not provided: the 15-digit code of a compound. Positions and other addresses do not do.")
        )
    fits = len(value) == 15 and value.isascii() and value.isdigit() and value[0] != "0"
    if not fits or level_of(int(value)) != Level.COMPOUND:
        raise Fault(400, _("address_id is the 15-digit code of a compound."))
    return int(value)


def _attributes(said: QueryDict, leaf: Leaf) -> dict[str, str]:
    """Answers to what the service asks, by code. Empty ones are none."""
    known = {each["code"]: each for each in words.attributes(leaf)}
    found: dict[str, str] = {}
    for name in said:
        named = ATTRIBUTE.fullmatch(name)
        values = [value.strip() for value in said.getlist(name) if value.strip()]
        if not named or not values:
            continue
        code = named[1]
        if code not in known:
            raise Fault(400, _("attribute[%(code)s] is not asked by this service.") % {"code": code[:60]})
        if named[2] or len(values) > 1:
            raise Fault(400, _("attribute[%(code)s] takes one value.") % {"code": code})
        keys = [each["key"] for each in known[code]["values"] or []]
        if keys and values[0] not in keys:
            raise Fault(400, _("attribute[%(code)s] is one of: %(keys)s.") % {"code": code, "keys": ", ".join(keys)})
        found[code] = values[0]
    for code, each in known.items():
        if each["required"] and code not in found:
            raise Fault(400, _("attribute[%(code)s] is required and was not provided.") % {"code": code})
    return found
