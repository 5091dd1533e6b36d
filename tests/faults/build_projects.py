"""Starts one project in each compound of the fault tests: `python -m tests.faults.build_projects DAY`, with DAY as 2026-11-17.

Nobody reports on them afterwards, so every week that passes is a silent one.
"""

import sys
from datetime import date

import django
from django.conf import settings


def main(day: date) -> None:
    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from communities.models import Compound, Home
    from people.models import User
    from people.roles import Role
    from projects.actions.drafting import draft
    from projects.actions.plans import agree, open_month, propose, publish, take_in
    from projects.actions.work import start
    from projects.models import Project
    from projects.months import month_of
    from projects.states import Side
    from tenancy import clock, scope
    from tests.factories import projects as factory
    from tests.factories.world import PLACES, World

    with scope.everything(reason="fault tests: the world as it was built"):
        world = World()
        for place, area in PLACES.items():
            world.compounds[place] = Compound.objects.get(area=area).pk
            world.homes[place] = Home.objects.filter(area=area).order_by("pk")[0].pk
            world.users |= {(role, place): User.objects.get(username=f"{role}_{place}").pk for role in Role}
            manager = world.actor(Role.PROPERTY_MANAGER, place)
            (world.firms[place],) = manager.organisations_at(area, [Role.PROPERTY_MANAGER])
    for place, area in PLACES.items():
        manager, clerk = world.actor(Role.PROPERTY_MANAGER, place), world.actor(Role.STREET_CLERK, place)
        sides = [factory.speaker(world, side, place) for side in Side]
        with clock.standing_at(factory.noon(day)), scope.place(area):
            row = draft(area, factory.words(world, place), by=manager)
            plan = open_month(area, month_of(day), by=manager)
            plan = take_in(area, plan.month, row.number, by=manager, version=plan.version)
            for side in sides:
                plan = agree(area, plan.month, by=side, version=plan.version)
            plan = propose(area, plan.month, by=manager, version=plan.version, fewer="先做这一件")
            publish(area, plan.month, by=clerk, version=plan.version)
            start(row.number, by=manager, version=Project.objects.get(pk=row.pk).version)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
