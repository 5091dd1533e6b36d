"""The demo loads whole, twice is once, and whatever is invented says so."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Q
from django.test import Client, RequestFactory
from django.utils import timezone

from audit.models import Entry
from communities.models import Binding, Building, Compound, Home, Objection, Posting, Residency, Service
from communities.posting_queries import overdue
from complaints import prepared, tasks
from complaints.models import CallBack, CallTry, Extension, KnowledgeNote, RoutingRule, RuleSet, Ticket, TicketEvent, TicketPhoto
from complaints.queries import QUEUES, visible_to
from complaints.states import State
from config import boot
from config.demo_data import bells, filings, load, mark, places
from config.demo_data.bodies import bodies
from config.demo_data.people import roster
from enforcement.models import FieldPhoto, Finding, ShownList, Visit
from enforcement.queries import usable_list
from notices.models import Notice
from notices.states import Channel
from people import actors
from people.models import Organisation, OrganisationKind, User
from people.queries import calendar_in_force, narrowest
from people.roles import Role
from projects import figures, months
from projects.models import MonthPlan, PlanItem, Project, ProjectEvent, Verdict
from tenancy import areas, scope
from tenancy.models import Area

pytestmark = pytest.mark.timeout(900)  # loading takes a quarter of a minute on an idle machine, many times that on a busy one
COUNTIES = {350505, 350582}


@dataclass
class Demo:
    accounts: Path
    said: list[str]

    def read(self) -> list[dict[str, str]]:
        return list(json.loads(self.accounts.read_text())["accounts"])


def work(say: object) -> None:
    """What the worker does, in this process, as often as beat asks."""
    while tasks.sweep():
        pass


def never(say: object) -> None:
    pytest.fail("a second load waits for nothing")


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, loaded once for this module inside a transaction that is rolled back."""
    found = Demo(tmp_path_factory.mktemp("var") / "demo.json", [])
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.MULIN_MEDIA_ROOT", found.accounts.parent)
        assert load.load(say=found.said.append, accounts=found.accounts, wait=work)
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def looking(demo: Demo) -> Iterator[Demo]:
    with scope.everything(reason="tests: look at the demo"):
        yield demo


def demo_tickets() -> list[Ticket]:
    codes = [compound.code for *_, compound in places.compounds()]
    return list(Ticket.objects.filter(area__in=codes))


def test_every_role_has_an_account_in_both_counties(demo: Demo) -> None:
    accounts = demo.read()
    for county in COUNTIES:
        there = {account["role"] for account in accounts if int(account["place"]) // 10**9 == county}
        assert there == {role.value for role in Role}
    assert [account["role"] for account in accounts[:12]] == [role.value for role in sorted(Role, key=lambda r: order(r))]
    assert {int(account["place"]) // 10**9 for account in accounts[:12]} == {350505}


def test_another_office_reads_what_is_public_and_files_with_the_key_of_the_list(demo: Demo) -> None:
    told = json.loads(demo.accounts.read_text())["open311"]
    assert {int(code) for code in told["jurisdictions"]} == COUNTIES
    for code in told["jurisdictions"]:
        asked = {"jurisdiction_id": code, "start_date": (timezone.now() - timedelta(days=90)).isoformat()}
        shown = Client().get("/open311/v2/requests.json", asked).json()
        assert shown
        assert all(row["description"] and row["address"] for row in shown)
        wish = {"api_key": told["key"], "jurisdiction_id": code, "service_code": "0202", "address_id": told["address_ids"][code]}
        with transaction.atomic():
            answer = Client().post("/open311/v2/requests.json", {**wish, "description": "电梯停运"})
            transaction.set_rollback(True)
        assert answer.status_code == 200, answer.content


def test_boards_hang_are_overdue_and_objected_to(looking: Demo) -> None:
    states = Counter(Posting.objects.values_list("state", flat=True))
    assert set(states) >= {"asked", "up", "down"}
    assert Posting.objects.filter(overdue(timezone.localdate())).exists()
    answered = Objection.objects.exclude(answered_at=None).select_related("posting").get()
    assert answered.raised_at < answered.answered_at
    assert answered.posting.put_up_at < answered.raised_at


def test_the_check_list_hangs_in_some_compounds_and_is_late_in_others(looking: Demo) -> None:
    hanging = [compound for *_, compound in places.compounds() if usable_list(compound.code, timezone.localdate())]
    assert "书香名府" in [compound.name for compound in hanging]
    assert {compound.code // 10**9 for compound in hanging} == COUNTIES
    assert ShownList.objects.filter(posting__state="asked").exists()
    for row in ShownList.objects.filter(posting__state="up").select_related("check_list", "posting"):
        assert row.check_list.published_at < row.posting.asked_at < row.posting.put_up_at


def order(role: Role) -> int:
    outside, desks = ["resident", "property_manager", "property_staff"], ["street_clerk", "street_leader", "county_clerk"]
    county = ["department_handler", "department_lead", "supervisor"]
    return [*outside, *desks, *county, "system_admin", "security_admin", "audit_admin"].index(role.value)


def test_every_account_signs_in_and_stands_where_the_list_says(demo: Demo, rf: RequestFactory) -> None:
    for account in demo.read():
        user = authenticate(rf.post("/"), username=account["username"], password=account["password"])
        assert isinstance(user, User), account["username"]
        posts = actors.of_user(user).posts
        assert (Role(account["role"]), int(account["place"])) in {(post.role, post.area) for post in posts}, account


def test_accounts_are_of_three_depths(demo: Demo) -> None:
    levels = {areas.level_of(int(account["place"])).value for account in demo.read()}
    assert levels >= {"county", "street", "neighbourhood", "compound"}
    residents = {int(a["place"]) for a in demo.read() if a["role"] == "resident"}
    own = 350505_102_901_001
    assert own in residents
    assert any(code // 1000 == own // 1000 for code in residents - {own}), "a sibling compound"
    assert any(code // 10**9 == own // 10**9 and code // 10**6 != own // 10**6 for code in residents), "another street"


def test_people_without_a_password_cannot_sign_in(demo: Demo) -> None:
    able = {account["username"] for account in demo.read()}
    for person in roster().people:
        assert User.objects.get(username=person.username).has_usable_password() == (person.username in able)


def test_all_120_texts_are_filed_routed_and_carried_into_every_state(looking: Demo) -> None:
    tickets = demo_tickets()
    filed = [ticket.text for ticket in tickets if ticket.state != State.MERGED and ticket.channel != "partner"]
    assert sorted(filed) == sorted(sample.text for sample in filings.samples())
    assert {ticket.state for ticket in tickets} == set(State.values) - {State.SUBMITTED}
    assert {ticket.channel for ticket in tickets} == {"web", "qr", "patrol", "phone", "partner"}
    assert {ticket.area // 10**9 for ticket in tickets} == COUNTIES
    assert TicketPhoto.objects.filter(ticket__in=tickets, kind="filed").count() >= 8
    assert TicketPhoto.objects.filter(ticket__in=tickets, kind="answer").exists()
    for ticket in tickets:
        assert ticket.lead is None or areas.ancestor(ticket.lead.area, areas.Level.COUNTY) == ticket.area - ticket.area % 10**9


def test_rules_of_two_people_decide_some_of_them(looking: Demo) -> None:
    sets = list(RuleSet.objects.filter(state="published"))
    assert {one.area for one in sets} == {places.JINJIANG.code, places.JINJIANG.streets[0].code}
    assert all(one.published_by_id not in {one.created_by_id, one.proposed_by_id} for one in sets)
    decided = [ticket for ticket in demo_tickets() if ticket.why_here.get("ruleset")]
    assert len(decided) >= 3
    assert not RoutingRule.objects.exclude(set_aside_at=None).exists()


def test_each_county_has_the_notes_that_come_with_mulin_as_examples_and_a_street_one_of_its_own(looking: Demo) -> None:
    shipped = {note.name for note in prepared.shipped()}
    for county in places.COUNTIES:
        assert set(KnowledgeNote.objects.filter(area=county.code, example=True).values_list("name", flat=True)) == shipped
    (own,) = KnowledgeNote.objects.filter(example=False)
    assert (own.area, own.way) == (places.JINJIANG.streets[0].code, "consult_reply")


def test_no_story_is_refused_a_step(demo: Demo) -> None:
    assert [line for line in demo.said if " stays " in line] == []


def test_some_wait_for_their_reporter_some_for_time_and_some_are_urged(looking: Demo) -> None:
    tickets = demo_tickets()
    assert any(ticket.paused_at for ticket in tickets)
    assert any(ticket.supervised_at for ticket in tickets)
    assert any(ticket.arbitrated for ticket in tickets)
    assert any(ticket.returns == 1 and ticket.state == State.ACCEPTED for ticket in tickets)  # insisted upon
    assert {each.state for each in Extension.objects.filter(ticket__in=tickets)} >= {"asked", "granted"}
    kinds = set(TicketEvent.objects.filter(ticket__in=tickets).values_list("kind", flat=True))
    assert {"contacted", "asked", "nudged", "extended", "arbitrated", "assist_asked", "assisted", "published"} <= kinds
    assert any(ticket.public and ticket.public_text for ticket in tickets)


def test_two_full_months_of_projects_in_both_counties(looking: Demo) -> None:
    this = months.month_of(timezone.localdate())
    for county in places.COUNTIES:
        low, high = areas.subtree(county.code)
        plans = MonthPlan.objects.filter(area__gte=low, area__lt=high)
        for back in (2, 1):
            past = plans.filter(month=months.after(this, -back))
            assert {plan.state for plan in past} == {"closed"}
            assert past.count() == 3
            assert all(plan.items.count() >= 3 and plan.review for plan in past)
            assert figures.sums(county.code, months.after(this, -back)).landed >= 6
        assert set(plans.filter(month=this).values_list("state", flat=True)) <= {"published", "closed"}
        assert set(plans.filter(month=months.after(this)).values_list("state", flat=True)) == {"drafting"}
    items = PlanItem.objects.all()
    assert items.filter(outcome="carried").exists()
    assert Project.objects.filter(origins__ticket__isnull=False).exists()
    assert ProjectEvent.objects.filter(kind="sent_back").exists()
    assert Verdict.objects.filter(good=True).count() > 20


def test_some_are_handled_a_second_time_and_some_reporters_are_called(looking: Demo) -> None:
    again = [ticket for ticket in demo_tickets() if ticket.second_at]
    assert {ticket.second_level for ticket in again} >= {"office"}
    asked = Counter(CallBack.objects.values_list("state", "reason"))
    assert set(asked) >= {("open", "silent"), ("reached", "silent"), ("open", "again")}
    assert CallTry.objects.filter(outcome="lost").exists()


def test_one_county_has_a_calendar_of_its_own(looking: Demo) -> None:
    assert calendar_in_force(places.QUANGANG.code) is None
    kept = calendar_in_force(places.JINJIANG.code)
    assert kept is not None
    assert [day["worked"] for day in kept.days.values()] == [False]


def test_the_main_clerk_finds_cases_in_every_queue(looking: Demo) -> None:
    clerk = actors.of_user(User.objects.get(username="clerk"))
    with scope.limited_to(clerk.scope):
        for name, queue in QUEUES.items():
            assert visible_to(clerk).filter(queue).exists(), name


def test_the_main_manager_and_resident_find_work(looking: Demo) -> None:
    for username, queues in {"manager": ("new", "doing", "answered", "ended"), "resident": ("open", "answered")}.items():
        actor = actors.of_user(User.objects.get(username=username))
        with scope.limited_to(actor.scope):
            for name in queues:
                assert visible_to(actor).filter(QUEUES[name]).exists(), (username, name)


def test_every_step_was_taken_by_somebody_of_the_place(looking: Demo) -> None:
    for ticket in demo_tickets():
        by_a_rule = Q(kind="assist_asked", by__username=actors.SYSTEM)
        for event in ticket.events.exclude(kind__in=["routed", "triaged", "second"]).exclude(by_a_rule).select_related("by"):
            if event.by.username != actors.VISITOR:
                assert actors.of_user(event.by).scope.covers(ticket.area), (ticket, event)


def test_what_is_invented_says_so(looking: Demo) -> None:
    for county in places.COUNTIES:
        low, high = areas.subtree(county.code)
        for model in (Area, Organisation, Compound):
            key = "code" if model is Area else "area"
            rows = model.objects.filter(**{f"{key}__gte": low, f"{key}__lt": high})
            ours = {body.name for body in bodies().values()} | {c.name for *_, c in places.compounds()}
            ours |= {street.name for street in county.streets} | {n.name for s in county.streets for n in s.neighbourhoods}
            for row in rows:
                if row.name in ours:
                    assert row.invented == (places.INVENTED in row.name), row
    for person, name in roster().names.items():
        assert re.fullmatch(r".(示例|样本|演示|样例|例子|试用)", name), person
    assert len(set(roster().names.values())) == len(roster().names)


def test_firms_utilities_and_committees_are_never_real(demo: Demo) -> None:
    kinds = {"PM", "OC", "PB", "SO", "WS", "PW", "GS", "TC"}
    assert [body.name for body in bodies().values() if body.kind in kinds and not body.invented] == []
    assert not Organisation.objects.filter(name__in=[body.name for body in bodies().values()]).exclude(phone="").exists()


def test_a_street_with_a_squad_is_answered_for_by_it(demo: Demo) -> None:
    assert narrowest("UM", 350505_102_901_001).name == "后龙镇综合执法队（示例）"
    assert narrowest("PS", 350505_102_901_001).name == "后龙派出所（示例）"


def test_one_kind_of_each_body_stands_in_both_counties(demo: Demo) -> None:
    for county in COUNTIES:
        kinds = {body.kind for body in bodies().values() if body.area // 10**9 == county}
        assert kinds == set(OrganisationKind.objects.values_list("pk", flat=True))


def test_one_compound_of_each_county_has_no_firm(looking: Demo) -> None:
    codes = {compound.code for *_, compound in places.compounds()}
    served = set(Service.objects.filter(area__in=codes).values_list("area", flat=True))
    assert {code // 10**9 for code in codes - served} == COUNTIES


def test_a_second_run_changes_nothing(looking: Demo) -> None:
    watched = (Entry, User, Organisation, Area, Compound, Building, Home, Residency, Service, Binding, Ticket)
    before = [model.objects.count() for model in watched]
    looking.accounts.unlink()
    assert load.load(say=looking.said.append, accounts=looking.accounts, wait=never) is False
    assert [model.objects.count() for model in watched] == before
    assert len(looking.read()) > 40


def test_an_interrupted_load_goes_on_without_doing_anything_twice(looking: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {ticket.number: ticket.version for ticket in demo_tickets()}
    monkeypatch.setattr(mark, "loaded", lambda: False)
    with transaction.atomic():
        assert load.load(say=looking.said.append, accounts=looking.accounts, wait=work)
        after = {ticket.number: ticket.version for ticket in demo_tickets()}
        transaction.set_rollback(True)
    assert after.keys() == before.keys()
    untouched = {number for number in before if before[number] == 2}
    assert {number for number in before if after[number] != before[number]} <= untouched


def test_a_worker_that_is_not_there_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "waiting", lambda: 7)
    with pytest.raises(load.LoadError, match=r"no worker has routed anything.*7 complaints wait"):
        load.wait_for_worker(lambda text: None, silence=0.05, pause=0.01)


def test_waiting_ends_when_everything_is_routed(monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([3, 2, 2, 0])
    monkeypatch.setattr(load, "waiting", lambda: next(left))
    load.wait_for_worker(lambda text: None, silence=60, pause=0)


def test_production_does_not_start_on_a_database_with_the_demo(
    demo: Demo, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_PRODUCTION = True
    monkeypatch.setattr(boot, "unsafe_settings", list)
    with pytest.raises(ImproperlyConfigured, match="holds the demo"):
        boot.refuse_unsafe_boot()
    monkeypatch.setattr(mark, "LOADED", "never recorded")
    boot.refuse_unsafe_boot()


def test_bells_are_read_but_for_the_newest(looking: Demo) -> None:
    names = {account["username"] for account in looking.read()}
    told = list(Notice.objects.filter(channel=Channel.BELL, user__username__in=names).order_by("made_at", "pk"))
    unread = [notice for notice in told if notice.read_at is None]
    counted = Counter(notice.user_id for notice in unread)
    assert max(counted.values()) == bells.LEFT < max(Counter(notice.user_id for notice in told).values())
    assert len(counted) > len(names) / 2, "most have something to read"
    for notice in told:
        assert notice.read_at is None or notice.read_at >= notice.made_at, "nobody reads what is not told yet"
    begun = min(notice.made_at for notice in told)
    assert timezone.now() - begun > timedelta(days=50), "what was told two months ago is as old"
    assert all(notice.made_at > timezone.now() - bells.LAST_LOOK for notice in unread)


def test_demo_data_are_never_loaded_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="never loaded in production"):
        call_command("load_demo")


def test_joint_visits_are_over_approved_and_asked_for(looking: Demo) -> None:
    if "joint visits: 4" not in looking.said:  # beside the tests' own bureaus those of the demo do not answer
        assert Organisation.objects.filter(kind="FR", area=350582 * 10**9).count() > 1
        return
    states = sorted(Visit.objects.values_list("state", flat=True))
    assert states == ["approved", "asked", "concluded", "concluded", "concluded"]  # one of them a re-check
    assert Finding.objects.count() == FieldPhoto.objects.count() >= 4
    assert not Visit.objects.filter(compound__name="书香名府").exists()
    left = Counter(Finding.objects.values_list("state", flat=True))
    assert left["accepted"] == 2
    assert "found" not in left
