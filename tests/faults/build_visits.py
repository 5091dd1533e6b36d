"""Visits under way with many inspectors: `python -m tests.faults.build_visits FILE INSPECTORS`.

Each visit has two bureaus with two officers each, who go along on no other. FILE then holds, for each inspector, the visit's
number, a token, and the ids of the items that are theirs.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings

BUREAUS = ("UM", "FR")


def _under_way(world: Any, along: dict[str, list[Any]], why: str) -> Any:
    """A visit with these officers, begun by the first of them."""
    from enforcement.actions import visits as actions
    from enforcement.models import Visit
    from people import actors
    from people.roles import Role
    from tests.factories import visits

    row = visits.asked(world, again=why)
    for kind, pair in along.items():
        version = Visit.objects.get(pk=row.pk).version
        by, chosen = visits.head(world, kind), [each.pk for each in pair]
        actions.join(row.number, world.bureaus[kind, "own"], by=by, version=version, certificates=chosen)
    row = Visit.objects.get(pk=row.pk)
    row = actions.approve(row.number, by=world.actor(Role.STREET_LEADER), version=row.version)
    first = next(iter(along.values()))[0]
    return actions.start(row.number, by=actors.of_user(first.user), version=row.version)


def main(path: Path, many: int) -> None:
    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from communities.models import Compound, Home
    from people.actions import tokens
    from people.models import Organisation, User
    from people.roles import Role
    from tenancy import scope
    from tests.factories import visits
    from tests.factories.world import PLACES, World

    world, found = World(), list[dict[str, Any]]()
    with scope.everything(reason="fault tests: the world as it was built"):
        for place, area in PLACES.items():
            world.compounds[place] = Compound.objects.get(area=area).pk
            world.homes[place] = Home.objects.filter(area=area).order_by("pk")[0].pk
            world.users |= {(role, place): User.objects.get(username=f"{role}_{place}").pk for role in Role}
            (world.firms[place],) = world.actor(Role.PROPERTY_MANAGER, place).organisations_at(area, [Role.PROPERTY_MANAGER])
            (world.streets[place],) = world.actor(Role.STREET_CLERK, place).organisations_at(area, [Role.STREET_CLERK])
            county = visits.checks.county_of(world, place)
            world.bureaus |= {(each.kind_id, place): each.pk for each in Organisation.objects.filter(area=county, active=True)}
        held = {kind: visits.certified(world, kind, many=many // 2) for kind in BUREAUS}
        for number in range(many // 4):
            along = {kind: held[kind][2 * number : 2 * number + 2] for kind in BUREAUS}
            row = _under_way(world, along, f"演练{number}")
            for kind, pair in along.items():
                mine = [line.pk for line in visits.lines(row, world, kind)]
                for each, certificate in enumerate(pair):
                    token = tokens.issue(certificate.user)[0]
                    found.append({"visit": row.number, "token": token, "lines": mine[each::2]})
    path.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
