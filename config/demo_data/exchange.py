"""The demo's 12345 platform: one connection in each county, and the cases that it handed over."""

from collections.abc import Callable

from django.db import transaction

from complaints.actions import exchange
from complaints.actions.filing import Filing
from complaints.models import Partner
from complaints.states import Channel
from config.demo_data.places import COUNTIES
from config.demo_data.world import Say
from people import actors
from people.models import Organisation
from people.roles import COUNTY_DESK
from tenancy import scope

TEXTS = ("小区北门路灯不亮，晚上走路看不见", "地下车库积水，车开不出来", "垃圾桶满了两天没人清运")


def hand_over_all(say: Say, wait: Callable[[Say], None]) -> None:
    """Three cases in each county. Twice is once."""
    handed = 0
    for county in COUNTIES:
        with transaction.atomic(), scope.place(county.code):
            if Partner.objects.exists():
                continue
            desk = Organisation.objects.filter(kind=COUNTY_DESK, area=county.code).order_by("pk")[0]
            name = f"{county.name} 12345 平台（示例）"
            partner, _secret = exchange.add_partner(
                county=county.code, name=name, kind="hotline", organisation=desk.pk, by=actors.system()
            )
            compounds = [
                compound for street in county.streets for nearby in street.neighbourhoods for compound in nearby.compounds
            ]
            for turn, text in enumerate(TEXTS):
                compound = compounds[turn % len(compounds)]
                filing = Filing(
                    compound=compound.code, text=f"【12345】{text}", channel=Channel.PARTNER, reporter_name="来电居民"
                )
                exchange.take_case(partner, f"12345-2026-{turn + 1:04}", filing)
                handed += 1
    if handed:
        say(f"cases handed over by 12345: {handed}")
        wait(say)
