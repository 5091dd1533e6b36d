"""Fills a fault test's own database through the actions: `python -m tests.faults.build_world FILE`.

FILE then holds, for each compound, its place code and API tokens of people who may file there.
"""

import json
import sys
from pathlib import Path

import django
from django.conf import settings

RESIDENTS_PER_COMPOUND = 3


def main(path: Path) -> None:
    django.setup()
    # Nobody signs in with a password here, and a good hash takes long on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from communities import actions as communities
    from people import actors
    from people.actions import appointments, tokens
    from people.roles import Role
    from tenancy import scope
    from tests.factories import world as worlds

    world = worlds.build()
    system = actors.system()
    places: list[dict[str, object]] = []
    with scope.everything(reason="fault tests: residents and their tokens"):
        for place in worlds.PLACES:
            residents = [world.user(Role.RESIDENT, place)]
            for number in range(1, RESIDENTS_PER_COMPOUND):
                user = appointments.open_account(
                    username=f"resident_{place}_{number}",
                    name=f"居民{number}",
                    email=f"resident_{place}_{number}@example.test",
                    by=system,
                )
                claimed = communities.claim_residency(world.compound(place), user=user, kind="tenant", by=system)
                communities.verify_residency(claimed.pk, by=system)
                residents.append(user)
            places.append({"area": world.area(place), "tokens": [tokens.issue(user)[0] for user in residents]})
    path.write_text(json.dumps(places))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
