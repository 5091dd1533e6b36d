"""拆单: parts are tickets of their own; the whole waits for them, whoever asks, in the database too."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from complaints.actions import parts, splitting, tickets
from complaints.actions.splitting import Part
from complaints.models import Ticket, TicketEvent
from complaints.states import EventKind, State
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tests.factories.tickets import again, ticket
from tests.factories.world import World

SignIn = Callable[..., Client]


def divided(world: World, state: State = State.ACCEPTED, number: int = 2) -> tuple[Ticket, list[Ticket]]:
    clerk = world.actor(Role.STREET_CLERK)
    row = ticket(world, state)
    with scope.place(row.area):
        wanted = [Part("0202", world.firms["own"], f"第{n}件事") for n in range(number)]
        row = splitting.split(row.number, by=clerk, version=row.version, parts=wanted, text="两件事分开办")
        return again(row), list(Ticket.objects.filter(parent=row).order_by("pk"))


def answer(world: World, part: Ticket) -> Ticket:
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.place(part.area):
        row = tickets.accept(part.number, by=manager, version=again(part).version)
        return tickets.resolve(row.number, by=manager, version=row.version, text="已办")


def test_each_part_is_dispatched_with_clocks_of_its_own_and_keeps_who_filed_it_safe(world: World) -> None:
    whole, made = divided(world)
    assert [part.state for part in made] == [State.DISPATCHED] * 2
    for part in made:
        assert part.accept_due_at is not None
        assert part.alarm_at is not None
        assert part.reporter_id is None
        assert (part.confidential, part.anonymous) == (whole.confidential, whole.anonymous)
        assert part.number != whole.number
    with scope.place(whole.area):
        event = TicketEvent.objects.get(ticket=whole, kind=EventKind.SPLIT)
    assert event.told


def test_the_lead_cannot_answer_the_whole_before_its_parts(world: World) -> None:
    whole, made = divided(world)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.place(whole.area), pytest.raises(parts.PartsOpen) as refused:
        tickets.resolve(whole.number, by=manager, version=whole.version, text="都好了")
    assert refused.value.status == 409
    assert all(part.number in str(refused.value.message) for part in made)
    for part in made:
        answer(world, part)
    with scope.place(whole.area):
        whole = again(whole)
        assert tickets.resolve(whole.number, by=manager, version=whole.version, text="都好了").state == State.RESOLVED


def test_a_part_is_not_taken_up_again_after_the_whole_was_answered(world: World) -> None:
    whole, (part,) = divided(world, number=1)
    done = answer(world, part)
    manager, clerk = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.STREET_CLERK)
    with scope.place(whole.area):
        whole = again(whole)
        tickets.resolve(whole.number, by=manager, version=whole.version, text="都好了")
        with pytest.raises(WrongState):
            tickets.redo(done.number, by=clerk, version=done.version, text="没办好")


def test_whoever_withdraws_the_whole_withdraws_its_open_parts(world: World) -> None:
    whole, made = divided(world)
    answer(world, made[0])
    with scope.place(whole.area):
        whole = again(whole)
        tickets.cancel(whole.number, by=world.actor(Role.RESIDENT), version=whole.version, text="不用了")
        assert [again(part).state for part in made] == [State.RESOLVED, State.CANCELLED]
        assert again(made[1]).alarm_at is None


def test_a_part_is_not_divided_again_and_ten_are_the_most(world: World) -> None:
    whole, made = divided(world, number=10)
    clerk = world.actor(Role.STREET_CLERK)
    more = [Part("0202", world.firms["own"], "再一件")]
    with scope.place(whole.area):
        with pytest.raises(NotAllowed):
            splitting.split(made[0].number, by=clerk, version=made[0].version, parts=more, text="再分")
        with pytest.raises(Refusal) as refused:
            splitting.split(whole.number, by=clerk, version=whole.version, parts=more, text="再分")
    assert refused.value.field == "parts"


def test_nothing_is_left_of_a_division_of_which_one_part_cannot_be(world: World) -> None:
    row, clerk = ticket(world, State.ACCEPTED), world.actor(Role.STREET_CLERK)
    for bad in (
        Part("0202", world.firms["sibling"], "别处的物业"),
        Part("9999", world.firms["own"], "没有这一类"),
        Part("0202", world.firms["own"], ""),
    ):
        with scope.place(row.area), pytest.raises(Refusal):
            splitting.split(
                row.number, by=clerk, version=row.version, parts=[Part("0202", world.firms["own"], "好的"), bad], text="分"
            )
    with scope.place(row.area):
        assert not Ticket.objects.filter(parent=row).exists()
        assert again(row).version == row.version


def test_only_the_dispatcher_divides(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    wanted = [Part("0202", world.firms["own"], "一件事")]
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        with scope.place(row.area), pytest.raises(NotAllowed):
            splitting.split(row.number, by=world.actor(role), version=row.version, parts=wanted, text="分")


@pytest.mark.parametrize("state", [State.RESOLVED, State.CANCELLED])
def test_the_database_lets_no_whole_end_before_its_parts(world: World, state: State) -> None:
    whole, (part,) = divided(world, number=1)
    manager = world.user(Role.PROPERTY_MANAGER)
    with scope.place(whole.area):
        with pytest.raises(IntegrityError, match="still open"), transaction.atomic():
            Ticket.objects.filter(pk=whole.pk).update(state=state, resolved_at=whole.accepted_at, resolved_by=manager)
        answer(world, part)
        Ticket.objects.filter(pk=whole.pk).update(state=state, resolved_at=whole.accepted_at, resolved_by=manager)


def test_the_database_lets_no_part_be_taken_up_after_the_whole(world: World) -> None:
    whole, (part,) = divided(world, number=1)
    answer(world, part)
    with scope.place(whole.area):
        row = again(whole)
        tickets.resolve(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version, text="都好了")
        with pytest.raises(IntegrityError, match="not open any more"), transaction.atomic():
            Ticket.objects.filter(pk=part.pk).update(state=State.ACCEPTED)


def parts_sent(world: World, row: Ticket, **more: str) -> dict[str, str]:
    firm = str(world.firms["own"])
    return {
        "version": str(row.version),
        "text": "两件事分开办",
        "rows": "2",
        "part1-text": "电梯门坏了",
        "part1-leaf": "0202",
        "part1-organisation": firm,
        "part2-text": "楼道灯不亮",
        "part2-leaf": "0404",
        "part2-organisation": firm,
        **more,
    }


def test_a_clerk_divides_a_ticket_on_its_page_and_both_sides_follow_it(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.ACCEPTED)
    clerk, url = sign_in(Role.STREET_CLERK), reverse("complaints:split", args=[row.number])
    assert url in clerk.get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert clerk.get(url).content.decode().count("<fieldset") == 2
    more = clerk.post(url, parts_sent(world, row, more="1")).content.decode()
    assert more.count("<fieldset") == 3
    assert "电梯门坏了" in more
    assert "楼道灯不亮" in more
    assert clerk.post(url, parts_sent(world, row)).status_code == 302
    with scope.place(row.area):
        made = [part.number for part in Ticket.objects.filter(parent=row).order_by("pk")]
    assert len(made) == 2
    for role in (Role.STREET_CLERK, Role.RESIDENT):
        page = sign_in(role).get(reverse("complaints:ticket", args=[row.number])).content.decode()
        assert all(number in page for number in made), role
    part = clerk.get(reverse("complaints:ticket", args=[made[0]])).content.decode()
    assert row.number in part
    assert reverse("complaints:split", args=[made[0]]) not in part


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"part2-text": ""}, "电梯门坏了"),
        ({"part2-leaf": "9999"}, "楼道灯不亮"),
        ({"part2-organisation": "0"}, "楼道灯不亮"),
        ({"text": ""}, "楼道灯不亮"),
        ({"part1-text": "", "part1-leaf": "", "part1-organisation": "", "part2-text": ""}, "两件事分开办"),
    ],
)
def test_a_part_that_is_wrong_says_so_and_nothing_typed_is_lost(
    world: World, sign_in: SignIn, wrong: dict[str, str], kept: str
) -> None:
    row = ticket(world, State.ACCEPTED)
    answer = sign_in(Role.STREET_CLERK).post(reverse("complaints:split", args=[row.number]), parts_sent(world, row, **wrong))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert kept in page
    assert 'aria-invalid="true"' in page
    with scope.place(row.area):
        assert not Ticket.objects.filter(parent=row).exists()


def test_an_empty_row_is_no_part_and_a_stale_page_is_a_conflict(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.ACCEPTED)
    clerk, url = sign_in(Role.STREET_CLERK), reverse("complaints:split", args=[row.number])
    one = {"part2-text": "", "part2-leaf": "", "part2-organisation": ""}
    stale = clerk.post(url, parts_sent(world, row, **one) | {"version": "1"})
    assert stale.status_code == 409
    assert "电梯门坏了" in stale.content.decode()
    assert clerk.post(url, parts_sent(world, row, **one)).status_code == 302
    with scope.place(row.area):
        assert Ticket.objects.filter(parent=row).count() == 1


def test_the_page_is_for_the_dispatcher_and_foreign_tickets_are_not_there(world: World, sign_in: SignIn) -> None:
    row, foreign = ticket(world, State.ACCEPTED), ticket(world, State.ACCEPTED, place="county")
    assert sign_in(Role.PROPERTY_MANAGER).get(reverse("complaints:split", args=[row.number])).status_code == 403
    assert sign_in(Role.STREET_CLERK).get(reverse("complaints:split", args=[foreign.number])).status_code == 404
    assert sign_in(Role.STREET_CLERK).post(reverse("complaints:split", args=[foreign.number])).status_code == 404


def test_a_text_of_two_matters_comes_with_a_row_for_each_and_who_answers_for_it(world: World, sign_in: SignIn) -> None:
    text = "三号楼电梯又坏了没人修，另外楼下路灯也不亮了，我的电话13900001234"
    row = ticket(world, State.DISPATCHED, text=text)
    assert row.why_here["also"]
    page = BeautifulSoup(sign_in(Role.STREET_CLERK).get(reverse("complaints:split", args=[row.number])).content, "html.parser")
    for part, leaf in ((1, row.leaf_id), (2, row.why_here["also"][0])):
        assert page.select_one(f"[name=part{part}-leaf] option[selected]")["value"] == leaf
        said = page.select_one(f"[name=part{part}-text]").text
        assert "路灯也不亮" in said
        assert "13900001234" not in said  # as the clerk reads it
    assert page.select_one("[name=part1-organisation] option[selected]")["value"] == str(world.firms["own"])
    assert page.select_one("[name=rows]")["value"] == str(1 + len(row.why_here["also"]))
