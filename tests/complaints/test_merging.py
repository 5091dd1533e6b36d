"""并单: several reports, one job; everybody gets the answer and rates it; each can be taken out again."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from complaints import queries
from complaints.actions import merging, returns, tickets, timing
from complaints.clocks import Clock
from complaints.models import Merger, Ticket, TicketEvent, TicketPhoto
from complaints.open311.words import OPENED, request
from complaints.states import EventKind, State
from files.images import Photo
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, again, ticket
from tests.factories.world import World

SignIn = Callable[..., Client]


def joined(world: World, main: Ticket, state: State = State.DISPATCHED, *, role: Role = Role.STREET_CLERK) -> Ticket:
    row = ticket(world, state, text=LIFT_STOPPED)
    with scope.place(row.area):
        return again(merging.merge(row.number, by=world.actor(role), version=row.version, into=main.number))


def resolved(world: World, main: Ticket) -> Ticket:
    with scope.place(main.area):
        photo = Photo(body=b"\xff\xd8\xff\xd9", width=1, height=1, thumbnail=b"\xff\xd8\xff\xd9", sha256="0" * 64)
        return tickets.resolve(
            main.number, by=world.actor(Role.PROPERTY_MANAGER), version=again(main).version, text="换了主板", photos=[photo]
        )


def kinds(row: Ticket) -> list[str]:
    with scope.place(row.area):
        return list(TicketEvent.objects.filter(ticket=row).order_by("pk").values_list("kind", flat=True))


def running(row: Ticket) -> set[Clock]:
    with scope.place(row.area):
        found = timing.standing(row, until=clock.now()).clocks
    return {each for each, standing in found.items() if standing.stopped_at is None}


def told(user_id: int, kind: str, number: str) -> int:
    with scope.everything(reason="tests: notices"):
        return Notice.objects.filter(user=user_id, kind=kind, key__startswith=number, channel="bell").count()


def test_one_job_is_left_and_everybody_concerned_is_told(world: World) -> None:
    main = ticket(world, State.ACCEPTED)
    row = joined(world, main)
    assert (row.state, row.lead_id) == (State.MERGED, main.lead_id)
    assert running(row) == set()
    assert row.alarm_at is None
    assert kinds(row)[-1] == EventKind.MERGED
    assert kinds(main)[-1] == EventKind.TOOK_IN
    assert told(world.users[Role.RESIDENT, "own"], "ticket_told_merged", row.number) == 1
    assert told(world.users[Role.PROPERTY_MANAGER, "own"], "ticket_took_in", main.number) == 1
    with scope.place(row.area):
        assert [each.number for each in queries.merged_with(main)] == [row.number]
        assert Entry.objects.filter(action="ticket.merged", subject_id=str(row.pk)).exists()


def test_the_answer_and_its_photos_go_to_everybody_and_each_rates_alone(world: World) -> None:
    main = ticket(world, State.ACCEPTED)
    rows = [joined(world, main), joined(world, main, State.ACCEPTED), joined(world, main, State.TRIAGE)]
    resolved(world, main)
    resident = world.actor(Role.RESIDENT)
    for row in rows:
        with scope.place(row.area):
            row = again(row)
            assert (row.state, row.answer, row.lead_id) == (State.RESOLVED, "换了主板", main.lead_id)
            assert row.accepted_by_id == again(main).accepted_by_id
            assert TicketPhoto.objects.filter(ticket=row).count() == 1
        assert told(resident.id, "ticket_told_resolved", row.number) == 1
    with scope.place(main.area):
        tickets.rate(rows[0].number, by=resident, version=again(rows[0]).version, satisfied=True, score=5)
        assert [again(row).state for row in (*rows, main)] == [State.RATED, *[State.RESOLVED] * 3]
        redone = tickets.redo(rows[1].number, by=resident, version=again(rows[1]).version, text="还是坏的")
    assert redone.state == State.ACCEPTED
    assert redone.resolve_due_at is not None


@pytest.mark.parametrize("state", [State.DISPATCHED, State.ACCEPTED, State.TRIAGE])
def test_taken_out_it_is_back_where_it_was_with_new_times(world: World, state: State) -> None:
    main = ticket(world, State.ACCEPTED)
    before = ticket(world, state, text=LIFT_STOPPED)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(before.area):
        merged = merging.merge(before.number, by=clerk, version=before.version, into=main.number)
        row = again(merging.unmerge(before.number, by=clerk, version=merged.version, text="不是同一部电梯"))
        assert (row.state, row.lead_id, row.accepted_by_id) == (state, before.lead_id, before.accepted_by_id)
        assert running(row) == running(before)
        assert queries.merged_with(main) == []
        merging.merge(row.number, by=clerk, version=row.version, into=main.number)
    assert told(world.users[Role.RESIDENT, "own"], "ticket_told_unmerged", row.number) == 1


def test_without_an_answer_of_the_main_one_each_waits_for_triage(world: World) -> None:
    main = ticket(world, State.ACCEPTED)
    row = joined(world, main)
    with scope.place(main.area):
        tickets.cancel(main.number, by=world.actor(Role.RESIDENT), version=again(main).version, text="搬走了")
        row = again(row)
        assert row.state == State.TRIAGE
        assert row.sort_due_at is not None
    assert kinds(row)[-1] == EventKind.UNMERGED


def test_a_merged_one_is_withdrawn_by_itself(world: World) -> None:
    main = ticket(world, State.ACCEPTED)
    row = joined(world, main)
    with scope.place(main.area):
        gone = tickets.cancel(row.number, by=world.actor(Role.RESIDENT), version=row.version, text="不用了")
        assert gone.state == State.CANCELLED
        assert queries.merged_with(main) == []
    resolved(world, main)
    with scope.place(main.area):
        assert again(row).answer == ""


def test_what_was_merged_comes_along_and_who_leads_next_leads_all(world: World) -> None:
    first, second = ticket(world, State.DISPATCHED), ticket(world, State.ACCEPTED)
    row = joined(world, first)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(first.area):
        merging.merge(first.number, by=clerk, version=again(first).version, into=second.number)
        assert {each.number for each in queries.merged_with(second)} == {first.number, row.number}
    other = ticket(world, State.DISPATCHED)
    along = joined(world, other)
    with scope.place(other.area):
        manager = world.actor(Role.PROPERTY_MANAGER)
        returned = returns.give_back(other.number, by=manager, version=again(other).version, text="不属于我们")
        elsewhere = world.bureaus["MR", "own"]
        tickets.dispatch(other.number, by=clerk, version=returned.version, leaf="0202", organisation=elsewhere)
        assert again(along).lead_id == elsewhere


def test_what_cannot_be_merged(world: World) -> None:
    main, clerk = ticket(world, State.ACCEPTED), world.actor(Role.STREET_CLERK)
    row = ticket(world, State.DISPATCHED, text=LIFT_STOPPED)
    foreign = ticket(world, State.ACCEPTED, place="street")
    secret = ticket(world, State.ACCEPTED, confidential=True)
    urgent = ticket(world, State.DISPATCHED, text=LIFT_TRAPPED)
    over = ticket(world, State.RESOLVED)
    with scope.place(row.area):
        for into in (foreign.number, "350582001-2611-99999999", row.number, over.number, secret.number, "\x00"):
            with pytest.raises(Refusal) as refused, transaction.atomic():
                merging.merge(row.number, by=clerk, version=row.version, into=into)
            assert (refused.value.field, refused.value.status) == ("into", 400), into
        with pytest.raises(Refusal, match="紧急") as refused:
            merging.merge(urgent.number, by=clerk, version=urgent.version, into=main.number)
        assert refused.value.field == "into"
        with pytest.raises(NotAllowed):
            merging.merge(secret.number, by=clerk, version=secret.version, into=main.number)
        with pytest.raises(NotAllowed):
            merging.merge(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version, into=main.number)
        with pytest.raises(Stale):
            merging.merge(row.number, by=clerk, version=row.version + 1, into=main.number)
        with pytest.raises(WrongState):
            merging.merge(over.number, by=clerk, version=over.version, into=main.number)
        with pytest.raises(NotThere):
            merging.merge(foreign.number, by=clerk, version=foreign.version, into=main.number)
        assert not Merger.objects.exists()


def test_a_merged_one_is_open_for_other_offices_and_stands_behind_the_job_for_neighbours(world: World) -> None:
    main = ticket(world, State.ACCEPTED, public=True)
    row = joined(world, main)
    with scope.place(row.area):
        assert request(row, {})["status"] == OPENED


def test_the_page_offers_the_likeliest_and_merges(world: World, sign_in: SignIn) -> None:
    other = ticket(world, State.ACCEPTED, text="地下车库积水严重，没人处理")
    main = ticket(world, State.ACCEPTED)
    row = ticket(world, State.DISPATCHED, text=LIFT_STOPPED)
    client, url = sign_in(Role.STREET_CLERK), reverse("complaints:merge", args=[row.number])
    page = BeautifulSoup(client.get(url).content, "lxml")
    offered = [each["value"] for each in page.select("input[name=into]")]
    assert offered == [main.number, other.number]
    assert page.select_one("input[name=into][checked]")["value"] == main.number
    lost = client.post(url, {"version": row.version, "other": "350582001-2611-99999999"})
    assert lost.status_code == 400
    again_shown = BeautifulSoup(lost.content, "lxml")
    assert again_shown.select_one("input[name=other]")["value"] == "350582001-2611-99999999"
    assert client.post(url, {"version": row.version}).status_code == 400
    assert client.post(url, {"version": row.version, "into": main.number}).status_code == 302
    shown_main = client.get(reverse("complaints:ticket", args=[main.number])).content.decode()
    assert row.number in shown_main
    case = client.get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert main.number in case
    assert reverse("complaints:unmerge", args=[row.number]) in case


def test_in_triage_what_may_be_the_same_is_pointed_out(world: World, sign_in: SignIn) -> None:
    main, row = ticket(world, State.ACCEPTED), ticket(world, State.TRIAGE, text=LIFT_STOPPED)
    over = ticket(world, State.RESOLVED)
    case = sign_in(Role.STREET_CLERK).get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert "可能与以下工单相同" in case
    assert main.number in case
    assert over.number not in case


def test_the_reporter_reads_that_it_is_worked_on_and_not_whose_it_is_worked_on_with(world: World, sign_in: SignIn) -> None:
    main = ticket(world, State.ACCEPTED)
    row = joined(world, main)
    neighbour = sign_in(Role.RESIDENT).get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert "邻居" in neighbour
    shown_to = sign_in(Role.RESIDENT).get(f"/api/v1/tickets/{row.number}/").json()
    assert shown_to["merged_into"] is None
    assert shown_to["merged"] == []
