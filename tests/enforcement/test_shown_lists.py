"""A list is used only where it hangs: who has it put up, where it was asked for already, and from which day it counts."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Entry
from communities.actions import postings
from communities.models import Posting
from communities.posting_states import PostingKind, PostingState
from config.demo_data.pictures import picture
from enforcement import queries, shown_queries
from enforcement.actions import check_lists, shown_lists
from enforcement.models import CheckList, ShownList
from enforcement.states import Showing
from notices.models import Notice
from people.models import Organisation
from people.roles import DESKS, Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.checks import county_of, draft, in_force, second_clerk, shown
from tests.factories.postings import posting
from tests.factories.world import PLACES, World


def soon() -> date:
    return clock.today() + timedelta(days=3)


def next_version(world: World) -> CheckList:
    row, clerk = draft(world), world.actor(Role.COUNTY_CLERK)
    row = check_lists.propose(row.pk, by=clerk, revision=row.revision)
    return check_lists.publish(row.pk, by=second_clerk(world), revision=row.revision)


def usable(world: World, on: date, place: str = "own") -> int | None:
    with scope.place(world.area(place)):
        found = queries.usable_list(world.area(place), on)
        return found.version if found else None


@pytest.mark.parametrize("role", list(Role))
def test_street_and_county_desk_have_it_put_up(world: World, role: Role) -> None:
    in_force(world)
    actor = world.actor(role)
    with scope.limited_to(actor.scope):
        if role in DESKS:
            row = shown_lists.put_on_show(area=world.area(), by=actor, due_on=soon())
            assert (row.area, row.posting.kind, row.posting.asked_by_id) == (world.area(), PostingKind.CHECK_LIST, actor.id)
        else:
            with pytest.raises(NotAllowed if actor.scope.covers(world.area()) else NotThere):
                shown_lists.put_on_show(area=world.area(), by=actor, due_on=soon())


def test_the_posting_says_which_bureau_checks_how_much_and_whom_to_ask(world: World) -> None:
    row, clerk = in_force(world), world.actor(Role.STREET_CLERK)
    Organisation.objects.filter(pk=world.streets["own"]).update(phone="0595-000")
    with scope.limited_to(clerk.scope):
        made = shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon(), spot="东门岗亭")
    for _code, name, many in queries.bureaus(row):
        assert f"{name}：{many} 项" in made.posting.text
    assert "共 68 项" in made.posting.text
    assert "东门岗亭" in made.posting.text
    assert "示例数据" in made.posting.text
    assert made.posting.contact == "own街道办事处 0595-000"
    assert made.posting.law == "国办发〔2024〕54号"
    assert made.posting.days == 366
    with scope.place(world.area()):
        assert Notice.objects.filter(kind="posting_asked", user=world.users[Role.PROPERTY_MANAGER, "own"]).exists()
        assert Entry.objects.filter(action="check_list.asked_to_be_shown").count() == 1


def test_only_the_list_in_force_and_once(world: World) -> None:
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        with pytest.raises(WrongState):
            shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon())
        first = in_force(world)
        made = shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon())
        with pytest.raises(WrongState):
            shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon())
        postings.cancel(made.posting_id, by=clerk, version=made.posting.version, reason="字印错了")
        again = shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon())
        assert (again.check_list_id, again.posting_id == made.posting_id) == (first.pk, False)
        assert ShownList.objects.get(pk=made.pk).replaced_at is not None
        second = next_version(world)
        with pytest.raises(WrongState):
            shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon(), check_list=first.pk)
        assert shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon()).check_list_id == second.pk


def test_what_cannot_be_is_refused_by_its_field_and_leaves_nothing(world: World) -> None:
    in_force(world)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        for said, field in (({"due_on": clock.today() - timedelta(days=1)}, "due_on"), ({"spot": "长" * 61}, "spot")):
            with pytest.raises(Refusal) as refused:
                shown_lists.put_on_show(area=world.area(), by=clerk, **({"due_on": soon()} | said))
            assert refused.value.field == field
        assert not ShownList.objects.exists()
        assert not Posting.objects.exists()


def test_everywhere_skips_where_it_hangs_and_what_is_not_ours(world: World) -> None:
    shown(world)
    shown(world, place="county")
    clerk, desk = world.actor(Role.STREET_CLERK), world.actor(Role.COUNTY_CLERK)
    street = PLACES["own"] // 10**6 * 10**6
    with scope.limited_to(clerk.scope):
        made = shown_lists.put_on_show_everywhere(within=street, by=clerk, due_on=soon())
        assert ([each.area for each in made.asked], made.skipped) == ([PLACES["sibling"]], 1)
        with pytest.raises(WrongState):
            shown_lists.put_on_show_everywhere(within=street, by=clerk, due_on=soon())
        for elsewhere in (county_of(world), PLACES["street"] // 10**6 * 10**6, county_of(world, "county"), street + 10**6 * 90):
            with pytest.raises(NotThere):
                shown_lists.put_on_show_everywhere(within=elsewhere, by=clerk, due_on=soon())
    with scope.limited_to(desk.scope):
        made = shown_lists.put_on_show_everywhere(within=county_of(world), by=desk, due_on=soon())
        assert ([each.area for each in made.asked], made.skipped) == ([PLACES["street"]], 2)


def test_it_counts_from_the_day_it_hangs_until_the_day_it_comes_down(world: World) -> None:
    today, staff = clock.today(), world.actor(Role.PROPERTY_STAFF)
    row = shown(world)
    assert usable(world, today - timedelta(days=1)) is None
    assert usable(world, today) == row.check_list.version
    assert usable(world, today + timedelta(days=999)) == row.check_list.version, "it hangs until it is taken down"
    assert usable(world, today, "sibling") is None
    with scope.place(world.area()), clock.standing_at(timezone.now() + timedelta(days=5)):
        hung = Posting.objects.get(pk=row.posting_id)
        postings.take_down(hung.pk, by=staff, version=hung.version, reason="新版本")
    assert usable(world, today + timedelta(days=4)) == row.check_list.version
    assert usable(world, today + timedelta(days=5)) is None


def test_until_the_new_version_hangs_the_one_before_counts(world: World) -> None:
    first, clerk, staff = shown(world), world.actor(Role.STREET_CLERK), world.actor(Role.PROPERTY_STAFF)
    second = next_version(world)
    with scope.limited_to(clerk.scope):
        made = shown_lists.put_on_show(area=world.area(), by=clerk, due_on=soon())
    assert usable(world, clock.today()) == first.check_list.version
    with scope.limited_to(clerk.scope):
        mine, sibling = shown_queries.compounds(clerk, second, clock.today())
        assert (mine.showing, mine.other) == (Showing.ASKED, first.check_list.version)
        assert (sibling.showing, sibling.other) == (Showing.NOWHERE, None)
    with scope.place(world.area()):
        postings.put_up(made.posting_id, by=staff, version=made.posting.version, spot="南门", photos=[picture("board")])
    assert usable(world, clock.today()) == second.version


def test_each_reader_counts_the_compounds_of_their_places_only(world: World) -> None:
    row = shown(world)
    shown(world, place="street")
    expected = {Role.STREET_CLERK: ["own", "sibling"], Role.DEPARTMENT_HANDLER: ["own", "sibling", "street"], Role.RESIDENT: []}
    for role, places in expected.items():
        actor = world.actor(role)
        with scope.everything(reason="tests: as if no wall stood"):
            found = shown_queries.compounds(actor, row.check_list, clock.today())
        assert [each.compound.area for each in found] == [PLACES[place] for place in places]
    with clock.standing_at(timezone.now() + timedelta(days=9)), scope.everything(reason="tests: look"):
        shown_lists.put_on_show(area=PLACES["sibling"], by=world.actor(Role.STREET_CLERK), due_on=clock.today())
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        later = shown_queries.compounds(clerk, row.check_list, clock.today() + timedelta(days=20))
    assert shown_queries.counted(later) == {Showing.HANGING: 1, Showing.ASKED: 0, Showing.OVERDUE: 1, Showing.NOWHERE: 0}


def test_the_database_holds_it_too(world: World) -> None:
    row, other = shown(world), shown(world, place="sibling")
    with scope.limited_to(world.actor(Role.STREET_CLERK).scope):
        same = {"area": row.area, "check_list_id": row.check_list_id, "made_by_id": row.made_by_id}
        with pytest.raises(IntegrityError, match="shown_list_once"), transaction.atomic():
            ShownList.objects.create(posting_id=other.posting_id + 10**6, **same)
        elsewhere = posting(world, place="sibling")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="posting_id_place"), transaction.atomic():
            ShownList.objects.create(posting=elsewhere, replaced_at=clock.now(), **same)
        with pytest.raises(DatabaseError), transaction.atomic():
            ShownList.objects.filter(pk=row.pk).update(posting_id=other.posting_id)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM enforcement_shownlist")
        assert PostingState(Posting.objects.get(pk=row.posting_id).state) == PostingState.UP
