"""How many queries each page takes: a reviewed file, and no count grows with the rows. `MULIN_REWRITE=1` writes it anew."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities import actions as communities
from complaints.actions import rules as editing
from complaints.models import KnowledgeNote, RuleSet
from complaints.rule_states import SetState
from complaints.states import State
from people.actions import appointments, calendars
from people.actors import of_user, system
from people.office_calendars import DEFAULT
from people.queries import calendar_in_force
from people.roles import Role
from projects import months
from projects.actions import plans, work
from projects.models import MonthFigures, Project
from projects.states import ProjectState
from tenancy import areas, scope
from tests.factories import projects
from tests.factories.notes import note
from tests.factories.projects import this_month
from tests.factories.rules import draft, published, rule
from tests.factories.tickets import ticket
from tests.factories.world import World

FILE = Path(__file__).parent / "query_counts.json"
SignIn = Callable[..., Client]

PAGES: dict[str, tuple[Role | None, str]] = {
    "sign-in page": (None, "/accounts/login/"),
    "QR page": (None, "/c/350582001001001/"),
    "resident: my tickets": (Role.RESIDENT, "/my/"),
    "resident: file": (Role.RESIDENT, "/file/"),
    "resident: ticket": (Role.RESIDENT, "/tickets/{number}/"),
    "resident: compound": (Role.RESIDENT, "/compounds/350582001001001/"),
    "manager: desk": (Role.PROPERTY_MANAGER, "/desk/?queue=all"),
    "manager: ticket": (Role.PROPERTY_MANAGER, "/tickets/{number}/"),
    "clerk: desk": (Role.STREET_CLERK, "/desk/?queue=all"),
    "clerk: desk and case": (Role.STREET_CLERK, "/desk/?queue=all&ticket={number}"),
    "handler: desk": (Role.DEPARTMENT_HANDLER, "/desk/?queue=all"),
    "clerk: compounds": (Role.STREET_CLERK, "/compounds/"),
    "resident: my homes": (Role.RESIDENT, "/homes/"),
    "resident: add a home": (Role.RESIDENT, "/homes/add/?county=350582000000000&street=350582001000000"),
    "clerk: claims": (Role.STREET_CLERK, "/claims/"),
    "clerk: calendar": (Role.STREET_CLERK, "/calendars/350582000000000/?year=2026"),
    "clerk: versions of the calendar": (Role.STREET_CLERK, "/calendars/350582000000000/versions/"),
    "county desk: desk": (Role.COUNTY_CLERK, "/desk/?queue=all"),
    "county desk: change the calendar": (Role.COUNTY_CLERK, "/calendars/350582000000000/edit/"),
    "clerk: rules": (Role.STREET_CLERK, "/desk/rules/"),
    "clerk: a version of rules": (Role.STREET_CLERK, "/desk/rules/{ruleset}/"),
    "clerk: a rule": (Role.STREET_CLERK, "/desk/rules/{ruleset}/add/"),
    "clerk: history of rules": (Role.STREET_CLERK, "/desk/rules/of/350582001000000/"),
    "clerk: notes": (Role.STREET_CLERK, "/desk/notes/"),
    "clerk: a note": (Role.STREET_CLERK, "/desk/notes/{note}/"),
    "clerk: a new note": (Role.STREET_CLERK, "/desk/notes/write/"),
    "clerk: a question, with a note ready": (Role.STREET_CLERK, "/tickets/{question}/"),
    "API: notes": (Role.STREET_CLERK, "/api/v1/notes/"),
    "county desk: models": (Role.COUNTY_CLERK, "/desk/models/"),
    "API: models": (Role.COUNTY_CLERK, "/api/v1/models/"),
    "notices": (Role.PROPERTY_MANAGER, "/notices/"),
    "record": (Role.AUDIT_ADMIN, "/record/"),
    "accounts": (Role.SECURITY_ADMIN, "/people/accounts/"),
    "system": (Role.SYSTEM_ADMIN, "/system/"),
    "API: tickets": (Role.STREET_CLERK, "/api/v1/tickets/"),
    "API: calendars": (Role.STREET_CLERK, "/api/v1/calendars/"),
    "API: versions of a calendar": (Role.STREET_CLERK, "/api/v1/calendars/350582000000000/versions/"),
    "API: rules": (Role.STREET_CLERK, "/api/v1/rules/"),
    "API: a version of rules": (Role.STREET_CLERK, "/api/v1/rules/{ruleset}/"),
    "API: ticket": (Role.STREET_CLERK, "/api/v1/tickets/{number}/"),
}

MONTH, NEXT = this_month(), months.after(this_month())
PROJECT_PAGES: dict[str, tuple[Role | None, str]] = {
    "resident: project": (Role.RESIDENT, "/projects/{project}/"),
    "manager: project": (Role.PROPERTY_MANAGER, "/projects/{project}/"),
    "manager: report on a project": (Role.PROPERTY_MANAGER, "/projects/{project}/report/"),
    "manager: plan of a month": (Role.PROPERTY_MANAGER, f"/compounds/350582001001001/plans/{NEXT:%Y-%m}/"),
    "manager: months": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/plans/"),
    "manager: hot spots": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/suggestions/"),
    "manager: draft": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/projects/new/"),
    "resident: projects": (Role.RESIDENT, "/projects/"),
    "clerk: projects": (Role.STREET_CLERK, f"/projects/?month={MONTH:%Y-%m}&only=silent"),
    "county desk: board of projects": (Role.COUNTY_CLERK, "/projects/board/"),
    "clerk: board of projects": (Role.STREET_CLERK, "/projects/board/"),
}
PAGES |= PROJECT_PAGES


def count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(captured)


def fill(world: World, rows: int) -> str:
    numbers = [ticket(world, State.ACCEPTED).number for _ in range(rows)]
    for number, each in enumerate(numbers):
        newcomer = appointments.open_account(username=f"newcomer-{each}", name="新住户", by=system())
        for who in (newcomer, world.user(Role.RESIDENT)):
            claimed = communities.claim_home(
                area=world.area(), kind="tenant", building=f"{number}栋", home=each[-8:], by=of_user(who)
            )
            if who != newcomer:  # so that many of them fit
                communities.withdraw_claim(claimed.pk, by=of_user(who))
    for each in numbers:
        newest = calendar_in_force(350582 * 10**9)
        said = {"hours": DEFAULT.hours, "days": [], "source": f"通知 {each}"}
        based_on = newest.version if newest else 0
        calendars.publish(county=350582 * 10**9, based_on=based_on, by=world.actor(Role.COUNTY_CLERK), **said)
    fill_rules(world, numbers)
    for each in numbers:
        note(world, each)
    return numbers[0]


def fill_rules(world: World, names: list[str]) -> int:
    """More rules in the street's one draft, and one more version in force; none of them matches anything here."""
    clerk = world.actor(Role.STREET_CLERK)
    kept = RuleSet.objects.filter(state=SetState.DRAFT).first() or draft(world)
    for name in names:
        kept.refresh_from_db()
        editing.add(kept.pk, rule=rule(world, name, words=(name,), places=(world.area(),)), by=clerk, revision=kept.revision)
    published(world, *(rule(world, name, words=(name,)) for name in names))
    return kept.pk


def fill_projects(world: World, rows: int) -> str:
    """One project under way with reports and photos, drafts in and out of the next month's plan, figures of more compounds."""
    area, manager = world.area(), world.actor(Role.PROPERTY_MANAGER)
    linked = tuple(ticket(world, State.ACCEPTED).number for _ in range(rows))
    with scope.place(area):
        known = Project.objects.filter(state=ProjectState.WORKING).first()
    row = known or projects.project(world, ProjectState.WORKING, tickets=linked)
    unlinked = [ticket(world, State.ACCEPTED).number for _ in range(rows)]
    with scope.place(area):
        plan = plans.open_month(area, NEXT, by=manager)
        for number in range(rows):
            said: dict[str, Any] = {"by": manager, "version": row.version, "text": f"第{number}次", "percents": {}}
            row = work.report(row.number, photos=projects.photo(), **said)
            drafted = projects.drafted(world, title=f"草稿{number}", tickets=(unlinked[number],) if known else ())
            projects.drafted(world, title=f"备选{number}")
            plan = plans.take_in(area, NEXT, drafted.number, by=manager, version=plan.version)
    for each in range(rows):
        place = areas.ancestor(area, areas.Level.NEIGHBOURHOOD) + 100 + rows * 10 + each
        with scope.place(place):
            MonthFigures.objects.create(area=place, month=MONTH, planned=3, landed=1, counted_at=timezone.now())
    return row.number


def ids(world: World) -> dict[str, Any]:
    """For addresses."""
    return {
        "ruleset": RuleSet.objects.filter(state=SetState.DRAFT).values_list("pk", flat=True).first() or 0,
        "note": KnowledgeNote.objects.values_list("pk", flat=True).first() or 0,
        "question": ticket(world, State.TRIAGE, text="请问维修资金怎么申请使用，需要多少业主同意，咨询一下流程").number,
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_as_many_queries_as_reviewed_whatever_the_number_of_rows(world: World, sign_in: SignIn, page: str) -> None:
    role, address = PAGES[page]
    client = sign_in(role)
    grow = fill_projects if page in PROJECT_PAGES else fill
    first = grow(world, 3)
    url = address.format(number=first, project=first, **ids(world))
    client.get(url)  # the first request of a session may write it
    few = count(client, url)
    grow(world, 6)
    assert count(client, url) == few, "the count grows with the rows"
    reviewed = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if os.environ.get("MULIN_REWRITE"):
        reviewed = dict(sorted({**reviewed, page: few}.items()))
        FILE.write_text(json.dumps(reviewed, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert few == reviewed.get(page), "run MULIN_REWRITE=1 pytest -n 0 tests/guards/test_query_counts.py and read the diff"


def test_no_entry_is_stale() -> None:
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == set(PAGES)
