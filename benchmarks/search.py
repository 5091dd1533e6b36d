"""Measure the search: `python -m benchmarks.search [--searches 200]`, as the app role, on whatever `DATABASE_URL` holds.

Fill a database of its own first, as `docs/search.md` says. Each search is what a page does: the scope, the index, the tickets,
and the pieces that are shown. Actors are people of the seeded places, at a county's, a street's and a firm's desk.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator

import django

SEED = 7
KINDS: dict[str, list[str]] = {
    "common word": ["电梯", "物业", "小区", "业主", "停车", "垃圾", "没人", "楼道"],
    "rarer word": ["化粪池", "充电桩", "烧烤店", "白蚁", "外墙", "油烟", "公示", "门禁"],
    "two words": ["电梯 老人", "物业 收费", "楼道 电动车", "垃圾 味道", "装修 噪音", "漏水 顶楼"],
    "initials": ["dtgz", "dt", "wyf", "ljt", "tcw", "zxzy", "xfd"],
    "pinyin": ["dianti", "lajitong", "tingche", "wuye", "loushui", "zaoyin"],
    "end of a number": [],
    "whole number": [],
    "place": [],
    "nothing": ["查无此词", "zzqqxx", "鑫焱淼垚"],
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--searches", type=int, default=200, help="of each reader")
    options = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from complaints.models import Ticket
    from tenancy import scope

    with scope.everything(reason="measuring: numbers and places to look for"):
        newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True)[0]
        drawn = random.Random(SEED).sample(range(1, newest + 1), 60)
        rows = list(Ticket.objects.filter(pk__in=drawn).order_by("pk").values_list("number", "compound__name"))
    KINDS["whole number"] = [number for number, _name in rows]
    KINDS["end of a number"] = [number[-6:] for number, _name in rows]
    KINDS["place"] = sorted({name for _number, name in rows})
    print(f"{newest:,} tickets")
    print(f"{'reader':14}{'kind':18}{'searches':>9}{'median ms':>11}{'95 % ms':>9}{'worst ms':>10}{'hits':>7}")
    for name, actor in actors():
        took = measure(actor, options.searches)
        every = [ms for times, _hits in took.values() for ms in times]
        for kind, (times, hits) in took.items():
            line(name, kind, times, statistics.mean(hits))
        line(name, "all", every, statistics.mean(hit for _times, hits in took.values() for hit in hits))


def actors() -> Iterator[tuple[str, object]]:
    """One of each kind of desk, whose organisation leads the most."""
    from django.db.models import Count

    from complaints.models import Ticket
    from people.actors import Actor, Post, of_user
    from people.models import Appointment, Organisation
    from people.roles import Role
    from tenancy import areas, scope

    with scope.everything(reason="measuring: whose desk"):
        most = dict(Ticket.objects.order_by().values_list("lead").annotate(n=Count("pk")))
        for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF, Role.DEPARTMENT_HANDLER):
            found = Appointment.objects.filter(role=role).select_related("user").order_by("pk")
            best = max(found, key=lambda each: most.get(each.organisation_id, 0), default=None)
            if best is not None:
                yield str(role), of_user(best.user)
        area = areas.ancestor(Ticket.objects.order_by("-pk").values_list("area", flat=True)[0], areas.Level.COUNTY)
        office = Organisation.objects.order_by("pk").first()
        user = Appointment.objects.order_by("pk").select_related("user").first().user
        yield "county desk", Actor(user, (Post(Role.COUNTY_CLERK, area, office.pk),))


def measure(actor: object, searches: int) -> dict[str, tuple[list[float], list[int]]]:
    """Milliseconds and hits of `searches` searches, the kinds in turn; one of each kind goes before and is not counted."""
    draw, took = random.Random(SEED), {}
    for kind, typed in KINDS.items():
        one(actor, typed[0])
        times, hits = [], []
        for _each in range(max(1, searches // len(KINDS))):
            ms, found = one(actor, draw.choice(typed))
            times.append(ms)
            hits.append(found)
        took[kind] = (times, hits)
    return took


def one(actor: object, typed: str) -> tuple[float, int]:
    from complaints.searching import Question, search
    from tenancy import scope

    began = time.perf_counter()
    with scope.limited_to(actor.scope):
        found = search(actor, Question.read(typed))
    return (time.perf_counter() - began) * 1000, len(found.hits)


def line(name: str, kind: str, times: list[float], hits: float) -> None:
    at: Callable[[float], float] = lambda share: sorted(times)[min(len(times) - 1, int(len(times) * share))]  # noqa: E731
    print(f"{name:14}{kind:18}{len(times):>9}{statistics.median(times):>11.1f}{at(0.95):>9.1f}{max(times):>10.1f}{hits:>7.1f}")


if __name__ == "__main__":
    main()
