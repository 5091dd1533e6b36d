"""Seeded tickets keep every rule that real ones keep."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q

from communities.queries import firm_serving
from complaints.actions import tickets, timing
from complaints.clocks import Clock
from complaints.models import Ticket, TicketEvent
from complaints.queries import visible_to
from complaints.states import FINAL, OPEN, TRANSITIONS, State
from people import actors
from people.models import Organisation, User
from tenancy import clock, scope
from tenancy.models import Area
from tests.conftest import app_url, become, owner_url

TICKETS = 2_000
SIZE = {"streets": 3, "compounds": 12, "firms": 4, "chunk": 700}
EVENTS_OF = {"triage": 2, "dispatched": 2, "accepted": 3, "cancelled": 3, "refused": 3, "resolved": 4, "rated": 5}


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """2,000 tickets sown by the owner role, as `manage.py seed` does, in a transaction that is rolled back."""
    out = StringIO()
    with django_db_blocker.unblock():
        become(owner_url())
        try:
            with transaction.atomic():
                call_command("seed", tickets=TICKETS, events=True, stdout=out, **SIZE)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                yield out.getvalue()
                transaction.set_rollback(True)
        finally:
            become(app_url())


@pytest.fixture
def seeded(said: str) -> Iterator[Any]:
    """The sown tickets; those of the tests' own world have no such places."""
    with scope.everything(reason="tests: look at what was sown"):
        yield Ticket.objects.filter(compound__name__startswith="测量示例")


def test_all_tickets_are_there_and_the_rate_is_said(said: str, seeded: Any) -> None:
    assert seeded.count() == TICKETS
    assert "2,000 of 2,000 tickets" in said
    assert "rows/s" in said


def test_every_row_lies_in_a_known_place(seeded: Any) -> None:
    areas = set(seeded.values_list("area", flat=True))
    assert areas <= set(Area.objects.filter(level="compound", invented=True).values_list("code", flat=True))
    assert len(areas) > 40
    assert not seeded.exclude(area=F("compound__area")).exists()
    assert not seeded.filter(building__isnull=False).exclude(building__compound=F("compound")).exists()


def test_version_state_and_timeline_agree(seeded: Any) -> None:
    for ticket in seeded.annotate(lines=Count("events")):
        expected = EVENTS_OF.get(ticket.state) or (6 if ticket.rated_at else 5)
        assert ticket.version == expected == ticket.lines, (ticket, ticket.state)
    for event in TicketEvent.objects.filter(ticket__in=seeded).exclude(old_state=""):
        assert State(event.new_state) in TRANSITIONS[State(event.old_state)], event.kind


def test_the_timeline_runs_forward_and_none_of_it_is_to_come(seeded: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    last: dict[int, Any] = {}
    for event in TicketEvent.objects.filter(ticket__in=seeded).order_by("ticket", "version"):
        assert last.get(event.ticket_id, event.at) <= event.at <= now, event.kind
        last[event.ticket_id] = event.at


def test_what_a_state_promises_is_filled_in(seeded: Any) -> None:
    assert not seeded.filter(state__in=FINAL, ended_at=None).exists()
    assert not seeded.exclude(state__in=FINAL).exclude(ended_at=None).exists()
    assert not seeded.filter(state__in=["resolved", "rated"]).filter(Q(resolved_at=None) | Q(answer="")).exists()
    assert not seeded.filter(state__in=OPEN).exclude(resolved_at=None).exists()
    assert not seeded.filter(state="rated").filter(Q(score=None) | Q(satisfied=None)).exists()
    assert not seeded.filter(lead__isnull=False).filter(Q(resolve_due_at=None) | Q(leaf=None)).exists()


def test_property_cases_lie_with_the_firm_that_serves_the_compound(seeded: Any) -> None:
    found = seeded.filter(lead__kind="PM").select_related("lead")
    assert found.count() > TICKETS / 4
    for ticket in found[:100]:
        service = firm_serving(ticket.area)
        assert service is not None
        assert service.firm_id == ticket.lead_id


def test_states_leaves_and_dates_are_spread(seeded: Any) -> None:
    states = dict(seeded.values_list("state").annotate(n=Count("pk")).order_by())
    assert states.keys() == set(State.values) - {State.SUBMITTED, State.ARBITRATION, State.MERGED}  # returned twice, merged: none
    assert states["closed"] > TICKETS * 0.75
    assert seeded.values("leaf").distinct().order_by().count() > 60
    assert seeded.values("text").distinct().order_by().count() > 600
    first, last = seeded.order_by("filed_at").first(), seeded.order_by("filed_at").last()
    assert (last.filed_at - first.filed_at).days > 700


def test_the_people_of_the_seeded_world_see_their_tickets(seeded: Any) -> None:
    firm = Organisation.objects.filter(name="测量示例物业000").order_by("pk").first()
    assert firm is not None
    actor = actors.of_user(User.objects.get(username=f"seed_pm_{firm.pk}"))
    with scope.limited_to(actor.scope):
        expected = Ticket.objects.filter(Q(lead=firm) | Q(filed_by=actor.id)).count()
        assert visible_to(actor).count() == expected > 20


@pytest.mark.parametrize(
    ("state", "running", "party"),
    [
        (State.TRIAGE, {Clock.SORT}, "street"),
        (State.DISPATCHED, {Clock.ACCEPT, Clock.CONTACT, Clock.RESOLVE}, "lead"),
        (State.ACCEPTED, {Clock.CONTACT, Clock.RESOLVE}, "lead"),
    ],
)
def test_what_is_open_has_its_clocks_and_goes_on(seeded: Any, state: State, running: set[Clock], party: str) -> None:
    row = seeded.filter(state=state, emergency=False).exclude(urgency="U1").order_by("-filed_at").first()
    standing = timing.standing(row, until=clock.now())
    assert running <= {name for name, found in standing.clocks.items() if found.stopped_at is None} <= running | {Clock.ONSITE}
    assert standing.party.split(":")[0] == party


def test_a_sown_ticket_is_worked_on_like_any_other(seeded: Any) -> None:
    row = seeded.filter(state=State.DISPATCHED, leaf__lead="PM").order_by("-filed_at").first()
    actor = actors.of_user(User.objects.get(username=f"seed_pm_{row.lead_id}"))
    with transaction.atomic(), scope.limited_to(actor.scope):
        row = tickets.accept(row.number, by=actor, version=row.version)
        row = tickets.resolve(row.number, by=actor, version=row.version, text="已修好")
        assert row.state == State.RESOLVED
        assert all(found.stopped_at for found in timing.standing(row, until=clock.now()).clocks.values())
        transaction.set_rollback(True)


def test_a_second_run_adds_tickets_on_the_same_ground(seeded: Any) -> None:
    places, users = Area.objects.count(), User.objects.count()
    with transaction.atomic():
        call_command("seed", tickets=50, stdout=StringIO(), **SIZE)
        assert seeded.count() == TICKETS + 50
        assert (Area.objects.count(), User.objects.count()) == (places, users)
        transaction.set_rollback(True)


def test_nothing_is_sown_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="never written in production"):
        call_command("seed", tickets=1)


def test_more_streets_than_codes_are_refused(db: None, said: str) -> None:
    with pytest.raises(CommandError, match="1–99 streets"):
        call_command("seed", tickets=1, streets=100)
