"""Check lists: what may stand in one, whose law counts, who publishes, and that nobody changes what is in force."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError, InternalError

from audit.models import Entry
from enforcement import check_content, queries
from enforcement.actions import check_lists
from enforcement.check_content import Content, LawEntry
from enforcement.models import CheckItem, CheckList
from enforcement.states import ListState
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.checks import county_of, draft, proposed, published, second_clerk
from tests.factories.world import World

KINDS, LEAVES = ["UM", "HC", "PM"], ["0704"]


def plain(**other: object) -> check_content.ItemEntry:
    said = {
        "code": "E01",
        "bureau": "UM",
        "name": "占绿",
        "violation": "种菜",
        "method": "实地查看",
        "days": 15,
        "basis": (("LHT", "19"),),
    }
    return check_content.ItemEntry(**(said | other))


LHT = LawEntry("LHT", "城市绿化条例", date(1992, 8, 1))


def test_the_shipped_list_is_whole_and_may_be_a_list() -> None:
    content, source = check_content.shipped()
    assert len(content.items) == 68
    assert len({item.code for item in content.items}) == 68
    assert "自拟" in source
    kinds = {kind for item in content.items for kind in (item.bureau, *item.others)}
    leaves = {item.leaf for item in content.items if item.leaf}
    assert check_content.checked(content, kinds=kinds, leaves=leaves) == content


def test_every_shipped_item_has_a_law_in_force_today_and_knows_the_one_before() -> None:
    content, _source = check_content.shipped()
    laws = {law.key: law for law in content.laws}
    now, before = date(2026, 11, 1), date(2026, 8, 14)
    for item in content.items:
        assert any(laws[key].in_force(now) for key, _articles in item.basis), item.code
    noise = next(item for item in content.items if item.code == "E15")
    assert [key for key, _ in noise.basis if laws[key].in_force(now)] == ["STF"]
    assert [key for key, _ in noise.basis if laws[key].in_force(before)] == ["ZSF"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2022, 6, 4), False), (date(2022, 6, 5), True), (date(2026, 8, 14), True), (date(2026, 8, 15), False)],
)
def test_a_law_is_in_force_from_its_first_day_to_the_day_before_its_repeal(day: date, expected: bool) -> None:
    assert LawEntry("ZSF", "噪声污染防治法", date(2022, 6, 5), repealed_on=date(2026, 8, 15)).in_force(day) is expected


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content((LHT,), ()), "items"),
        (Content((LHT,), (plain(code=""),)), "items.0.code"),
        (Content((LHT,), (plain(code="E 1"),)), "items.0.code"),
        (Content((LHT,), (plain(), plain())), "items.1.code"),
        (Content((LHT,), (plain(bureau="XX"),)), "items.0.bureau"),
        (Content((LHT,), (plain(others=("XX",)),)), "items.0.others"),
        (Content((LHT,), (plain(leaf="9999"),)), "items.0.leaf"),
        (Content((LHT,), (plain(days=0),)), "items.0.days"),
        (Content((LHT,), (plain(days=181),)), "items.0.days"),
        (Content((LHT,), (plain(basis=()),)), "items.0.basis"),
        (Content((LHT,), (plain(basis=(("XFF", "16"),)),)), "items.0.basis"),
        (Content((LHT,), (plain(basis=(("LHT", ""),)),)), "items.0.basis"),
        (Content((LHT,), (plain(basis=(("LHT", "1"), ("LHT", "2"))),)), "items.0.basis"),
        (Content((LHT,), (plain(severity="bad"),)), "items.0.severity"),
        (Content((LHT,), (plain(level="city"),)), "items.0.level"),
        (Content((LHT,), (plain(violation=" "),)), "items.0.violation"),
        (Content((LHT,), (plain(name="长" * 61),)), "items.0.name"),
        (Content((LHT, LHT), (plain(),)), "laws.1.key"),
        (Content((replace(LHT, name=""),), (plain(),)), "laws.0.name"),
        (Content((replace(LHT, repealed_on=date(1992, 8, 1)),), (plain(),)), "laws.0.repealed_on"),
        (Content((replace(LHT, effective_from=date(1900, 1, 1)),), (plain(),)), "laws.0.effective_from"),
        (Content((LHT,), tuple(plain(code=f"E{n}") for n in range(301))), "items"),
    ],
)
def test_what_may_not_stand_in_a_list_is_said_where_it_stands(content: Content, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_content.checked(content, kinds=KINDS, leaves=LEAVES)
    assert refused.value.field == field


def test_a_draft_keeps_what_it_says(world: World) -> None:
    row = draft(world)
    content = queries.content_of(row)
    shipped, source = check_content.shipped()
    assert content.items[1:] == shipped.items[1:]
    assert sorted(content.laws, key=lambda law: law.key) == sorted(shipped.laws, key=lambda law: law.key)
    assert (row.sample, row.source) == (True, source)


def test_two_persons_put_a_list_in_force_and_the_one_before_retires(world: World) -> None:
    first = published(world)
    assert first.state == ListState.PUBLISHED
    clerk, other = world.actor(Role.COUNTY_CLERK), second_clerk(world)
    row = check_lists.draft(area=county_of(world), by=clerk)
    assert row.based_on_id == first.pk
    assert queries.content_of(row) == queries.content_of(first)
    row = check_lists.propose(row.pk, by=clerk, revision=row.revision)
    with pytest.raises(NotAllowed):
        check_lists.publish(row.pk, by=clerk, revision=row.revision)
    check_lists.publish(row.pk, by=other, revision=row.revision)
    first.refresh_from_db()
    assert first.state == ListState.RETIRED
    assert queries.in_force(county_of(world)) == row
    with scope.everything(reason="tests: the record"):
        entries = Entry.objects.filter(action="check_list.published")
        assert {entry.after["version"] for entry in entries} == {1, 2}
        assert Notice.objects.filter(kind="check_list_proposed", user=other.user).exists()


def test_who_proposed_it_does_not_publish_it_even_if_another_drafted_it(world: World) -> None:
    row = draft(world)
    other = second_clerk(world)
    row = check_lists.propose(row.pk, by=other, revision=row.revision)
    for actor in (other, world.actor(Role.COUNTY_CLERK)):
        with pytest.raises(NotAllowed):
            check_lists.publish(row.pk, by=actor, revision=row.revision)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckList.objects.filter(pk=row.pk).update(
            state=ListState.PUBLISHED, published_by=row.created_by, published_at=row.proposed_at
        )


def test_of_two_drafts_the_second_does_not_undo_what_the_first_changed(world: World) -> None:
    clerk, other = world.actor(Role.COUNTY_CLERK), second_clerk(world)
    one, two = draft(world), draft(world)
    for row in (one, two):
        row = check_lists.propose(row.pk, by=clerk, revision=row.revision)
        if row.pk == one.pk:
            check_lists.publish(row.pk, by=other, revision=row.revision)
        else:
            with pytest.raises(WrongState):
                check_lists.publish(row.pk, by=other, revision=row.revision)


def test_nothing_in_a_list_changes_once_it_is_proposed(world: World) -> None:
    row, clerk = proposed(world), world.actor(Role.COUNTY_CLERK)
    with pytest.raises(WrongState):
        check_lists.remove_item(row.pk, "E02", by=clerk, revision=row.revision)
    with pytest.raises((InternalError, IntegrityError, DatabaseError)), transaction.atomic():
        CheckItem.objects.filter(check_list=row, code="E02").update(days=1)
    with pytest.raises((InternalError, IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM enforcement_basis WHERE check_list_id = %s", [row.pk])
    row = check_lists.send_back(row.pk, by=clerk, revision=row.revision)
    check_lists.remove_item(row.pk, "E02", by=clerk, revision=row.revision)
    assert CheckItem.objects.filter(check_list=row).count() == 67


def test_a_change_of_what_somebody_else_changed_is_refused(world: World) -> None:
    row, clerk = draft(world), world.actor(Role.COUNTY_CLERK)
    seen = row.revision
    check_lists.remove_item(row.pk, "E02", by=clerk, revision=seen)
    with pytest.raises(WrongState) as refused:
        check_lists.remove_item(row.pk, "E03", by=clerk, revision=seen)
    assert refused.value.code == "stale_version"


def test_an_item_is_added_changed_and_refused_by_its_field(world: World) -> None:
    row, clerk = draft(world), world.actor(Role.COUNTY_CLERK)
    row = check_lists.add_item(row.pk, by=clerk, revision=row.revision, item=plain(code="X1", leaf="0704"))
    assert queries.item(row, "X1").leaf_id == "0704"
    row = check_lists.change_item(row.pk, "X1", by=clerk, revision=row.revision, item=plain(code="X2", days=3))
    assert queries.item(row, "X2").days == 3
    for code in ("X1", "none"):
        with pytest.raises(NotThere):
            check_lists.change_item(row.pk, code, by=clerk, revision=row.revision, item=plain())
    with pytest.raises(Refusal) as refused:
        check_lists.add_item(row.pk, by=clerk, revision=row.revision, item=plain(code="X2"))
    assert refused.value.field == "code"
    with pytest.raises(NotThere):
        check_lists.remove_item(row.pk, "none", by=clerk, revision=row.revision)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COUNTY_CLERK])
def test_only_the_countys_desk_keeps_it(world: World, role: Role) -> None:
    row, actor = draft(world), world.actor(role)
    with pytest.raises((NotAllowed, NotThere)):
        check_lists.draft(area=county_of(world), by=actor)
    for act in (check_lists.propose, check_lists.withdraw):
        with pytest.raises((NotAllowed, NotThere)):
            act(row.pk, by=actor, revision=row.revision)


def test_a_foreign_countys_list_is_not_there(world: World) -> None:
    row = published(world, place="county")
    for role in (Role.COUNTY_CLERK, Role.RESIDENT, Role.SUPERVISOR):
        actor = world.actor(role)
        with pytest.raises(NotThere):
            queries.get_list(actor, row.pk)
        with pytest.raises(NotThere):
            check_lists.draft(area=county_of(world, "county"), by=actor)
        assert county_of(world, "county") not in {each.code for each in queries.counties(actor)}
    with pytest.raises(NotThere):
        check_lists.draft(area=world.area(), by=world.actor(Role.COUNTY_CLERK))


def test_residents_read_what_is_in_force_and_no_draft(world: World) -> None:
    live, prepared = published(world), draft(world)
    resident, handler = world.actor(Role.RESIDENT), world.actor(Role.DEPARTMENT_HANDLER)
    assert queries.get_list(resident, live.pk) == live
    with pytest.raises(NotThere):
        queries.get_list(resident, prepared.pk)
    assert [row.pk for row in queries.lists_of(resident, county_of(world))] == [live.pk]
    assert queries.get_list(handler, prepared.pk) == prepared


def test_at_most_five_drafts_at_a_time(world: World) -> None:
    rows = [draft(world) for _ in range(check_lists.MOST_OPEN)]
    with pytest.raises(Refusal) as refused:
        draft(world)
    assert refused.value.code == "too_many"
    check_lists.withdraw(rows[0].pk, by=world.actor(Role.COUNTY_CLERK), revision=rows[0].revision)
    assert draft(world).version == check_lists.MOST_OPEN + 1


def test_a_list_brought_in_names_its_source_and_is_no_sample(world: World) -> None:
    clerk = world.actor(Role.COUNTY_CLERK)
    with pytest.raises(Refusal) as refused:
        check_lists.bring_in(area=county_of(world), content=Content((LHT,), (plain(),)), source=" ", by=clerk)
    assert refused.value.field == "source"
    row = check_lists.bring_in(area=county_of(world), content=Content((LHT,), (plain(),)), source="某政办〔2026〕1号", by=clerk)
    assert (row.sample, row.source, row.items.count()) == (False, "某政办〔2026〕1号", 1)
    row = check_lists.replace_all(
        row.pk, by=clerk, revision=row.revision, content=Content((LHT,), (plain(code="A1"), plain(code="A2")))
    )
    assert [item.code for item in queries.items(row)] == ["A1", "A2"]
