"""The demo's key for Open311: the 12345 platforms of its counties file with it."""

from typing import Any

from complaints.actions import open311
from complaints.models import Open311Key
from config.demo_data.places import COUNTIES
from config.demo_data.world import Say
from people import actors
from people.models import Organisation
from people.roles import COUNTY_DESK
from tenancy import scope
from tenancy.areas import SPANS, Level

KEY = "linli-open311-2026"  # known on purpose: load_demo refuses to run in production


def give_keys(say: Say) -> None:
    """The same key in every county. Twice is once."""
    for county in COUNTIES:
        with scope.place(county.code):
            if Open311Key.objects.exists():
                continue
            desk = Organisation.objects.filter(kind=COUNTY_DESK, area=county.code).order_by("pk")[0]
            open311.give_key(county=county.code, organisation=desk.pk, by=actors.system(), secret=KEY)
            say(f"Open311 key for {desk.name}")


def described() -> dict[str, Any]:
    """What `var/demo.json` says of it: the key, the jurisdictions, and a compound of each to file for."""
    first = {jurisdiction(county.code): county.streets[0].neighbourhoods[0].compounds[0].code for county in COUNTIES}
    return {"key": KEY, "jurisdictions": list(first), "address_ids": {name: str(code) for name, code in first.items()}}


def jurisdiction(county: int) -> str:
    return str(county // SPANS[Level.COUNTY])
