"""The record's pages: whose entries, which filters, and that looking leaves a trace."""

import csv
from io import StringIO

import pytest
from django.db import connection

from audit import actions as audit
from audit.models import Entry
from complaints.models import Ticket
from complaints.states import State
from dashboards.record import RecordFilter, harmless
from people import actors
from people.actions import accounts, places
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, PLACES, World


@pytest.fixture
def happened(world: World) -> World:
    """A whole ticket's life in every place, and an administrator's work in both counties."""
    for place in ("own", "county"):
        ticket(world, State.RATED, place=place)
        accounts.close(world.users[Role.RESIDENT, place], by=world.actor(Role.SECURITY_ADMIN, place))
        accounts.reopen(world.users[Role.RESIDENT, place], by=world.actor(Role.SECURITY_ADMIN, place))
    places.add(code=350505_009_000_000, name=f"新街道{CANARY}", by=actors.system())
    audit.record("nobody-known", "account.locked_out", by=actors.visitor(""), area=audit.INSTALLATION)
    return world


def all_rows(client, url: str = "/record/") -> list[Entry]:
    rows: list[Entry] = []
    while url:
        page = client.get(url)
        assert page.status_code == 200
        rows += page.context["rows"]
        url = page.context["next_url"] and f"/record/{page.context['next_url']}"
    return rows


def test_an_auditor_reads_the_own_places_and_nothing_of_elsewhere(happened: World, sign_in) -> None:
    client = sign_in(Role.AUDIT_ADMIN)
    rows = all_rows(client)
    assert {"ticket.filed", "ticket.rated", "account.closed", "appointment.made"} <= {row.action for row in rows}
    assert not any(row.area and not 350582 * 10**9 <= row.area < 350583 * 10**9 for row in rows)
    foreign = {pk for (_role, place), pk in happened.users.items() if place == "county"}
    assert not foreign & {row.actor_id for row in rows}
    assert not foreign & {int(row.subject_id) for row in rows if row.subject_type == "people.user"}
    assert "account.locked_out" not in {row.action for row in rows}


def test_an_auditor_of_the_prefecture_reads_the_installation_s_own_too(happened: World, sign_in) -> None:
    from people.actions import appointments

    appointments.appoint(happened.user(Role.AUDIT_ADMIN), Role.AUDIT_ADMIN, area=350500_000_000_000, by=actors.system())
    rows = all_rows(sign_in(Role.AUDIT_ADMIN))
    with scope.everything(reason="test"):
        assert len({row.pk for row in rows}) >= Entry.objects.count() - 1  # the look itself
    assert "account.locked_out" in {row.action for row in rows}


def test_pages_follow_on_without_loss_newest_first(happened: World, sign_in) -> None:
    numbers = [row.pk for row in all_rows(sign_in(Role.AUDIT_ADMIN))]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) > 50


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}))
def test_to_everybody_else_the_record_is_not_there(happened: World, sign_in, role: Role) -> None:
    client = sign_in(role)
    for path in ("/record/", "/record/export.csv", "/record/1/"):
        assert client.get(path).status_code == 404


def test_a_foreign_entry_is_as_absent_as_one_that_never_was(happened: World, sign_in) -> None:
    client = sign_in(Role.AUDIT_ADMIN)
    with scope.everything(reason="test"):
        foreign = Entry.objects.filter(area=happened.area("county")).values_list("pk", flat=True)[0]
    answers = [client.get(f"/record/{pk}/") for pk in (foreign, 10**15, 10**30)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].content == answers[1].content


def test_filters_narrow_it_down(happened: World, sign_in) -> None:
    client = sign_in(Role.AUDIT_ADMIN)
    assert {row.action for row in all_rows(client, "/record/?action=ticket.r")} == {
        "ticket.routed",
        "ticket.resolved",
        "ticket.rated",
    }
    manager = happened.user(Role.PROPERTY_MANAGER)
    assert {row.actor_id for row in all_rows(client, f"/record/?actor={manager.pk}")} == {manager.pk}
    assert {row.actor_label for row in all_rows(client, "/record/?actor=property_man")} == {manager.label}
    with scope.everything(reason="test"):
        subject = Entry.objects.filter(area=happened.area(), action="ticket.filed").values_list("subject_id", flat=True)[0]
    assert len(all_rows(client, f"/record/?subject=complaints.ticket {subject}")) == 5
    assert all_rows(client, "/record/?last=2020-01-01") == []
    assert len(all_rows(client, "/record/?first=2020-01-01")) > 5


@pytest.mark.parametrize(
    "query", ["first=x&last=2026-99-99", "actor=%00", "before=abc", "before=99999999999999999999999", "subject=" + "x" * 999]
)
def test_a_broken_filter_is_no_error(happened: World, sign_in, query: str) -> None:
    assert sign_in(Role.AUDIT_ADMIN).get(f"/record/?{query}").status_code == 200


def test_an_entry_shows_before_and_after(happened: World, sign_in) -> None:
    client = sign_in(Role.AUDIT_ADMIN)
    row = next(row for row in all_rows(client) if row.action == "ticket.accepted")
    changes = {change["name"]: change for change in client.get(f"/record/{row.pk}/").context["changes"]}
    assert (changes["state"]["before"], changes["state"]["after"]) == ("dispatched", "accepted")


def test_looking_and_taking_away_are_on_record(happened: World, sign_in) -> None:
    client, auditor = sign_in(Role.AUDIT_ADMIN), happened.users[Role.AUDIT_ADMIN, "own"]
    client.get("/record/?action=ticket")
    client.get("/record/export.csv")
    with scope.everything(reason="test"):
        rows = list(Entry.objects.filter(actor_id=auditor).order_by("pk").values_list("action", "after"))
    assert rows[0] == ("record.read", {"action": "ticket"})
    assert rows[1][0] == "record.exported"
    assert rows[1][1]["entries"] > 50


def test_the_export_holds_the_same_entries_and_no_formula(happened: World, sign_in) -> None:
    audit.record("=1+1", "test.formula", by=happened.actor(Role.RESIDENT), area=happened.area())
    answer = sign_in(Role.AUDIT_ADMIN).get("/record/export.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert rows[0]["subject_id"] == "'=1+1"
    assert {row["area"][:6] for row in rows if row["area"] != "0"} == {"350582"}
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("value", "cell"), [("=a", "'=a"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("a=", "a="), (None, "")]
)
def test_a_cell_is_never_a_formula(value: object, cell: str) -> None:
    assert harmless(value) == cell


def test_the_auditor_s_requests_see_no_business_rows_elsewhere_on_the_page(happened: World, sign_in) -> None:
    """The scope is opened for the query alone."""
    page = sign_in(Role.AUDIT_ADMIN).get("/record/")
    assert page.context["actor"].scope.ranges == ()
    assert scope.current() is None


def number_in(place: str) -> str:
    with scope.everything(reason="test"):
        return str(Ticket.objects.filter(area=PLACES[place]).values_list("number", flat=True).get())


def test_a_ticket_s_whole_life_is_found_by_its_number_and_the_number_stays_in_the_address(happened: World, sign_in) -> None:
    other = ticket(happened, State.ACCEPTED)
    number = other.number
    client = sign_in(Role.AUDIT_ADMIN)
    page = client.get("/record/", {"ticket": f" {number} "})
    assert {row.subject_id for row in page.context["rows"]} == {str(other.pk)}
    assert [row.action for row in page.context["rows"]] == ["ticket.accepted", "ticket.routed", "ticket.filed"]
    assert f'value=" {number} "' in page.content.decode()
    assert number in page.context["export_url"]
    narrowed = client.get("/record/", {"ticket": number, "action": "ticket.acc"}).context["rows"]
    assert [row.action for row in narrowed] == ["ticket.accepted"]
    exported = client.get("/record/export.csv", {"ticket": number}).content.decode("utf-8-sig")
    assert len(list(csv.DictReader(StringIO(exported)))) == 3


@pytest.mark.parametrize("typed", ["350582001-2611-99999999", "nonsense", "'; --", "foreign"])
def test_a_number_elsewhere_finds_as_little_as_one_that_never_was(happened: World, sign_in, typed: str) -> None:
    number = number_in("county") if typed == "foreign" else typed
    page = sign_in(Role.AUDIT_ADMIN).get("/record/", {"ticket": number})
    assert page.context["rows"] == []
    assert page.context["reset_url"]


def test_the_search_by_number_uses_the_index_of_the_thing(happened: World) -> None:
    with scope.place(350582 * 10**9), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        form = RecordFilter({"ticket": number_in("own")})
        form.is_valid()
        with scope.place(350582 * 10**9):
            sql, parameters = form.among(Entry.objects.all()).order_by().query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "audit_entry_subject" in plan, plan
