"""Personal data and insults in what people wrote, a second topic, and complaints about officials: who reads what of them."""

from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from audit.models import Entry
from complaints import classify, personal, queries, routing, ruling, worklist
from complaints.actions import publishing, talks, tickets
from complaints.actions import routing as routing_actions
from complaints.learning.texts import CONFIDENTIAL
from complaints.models import Ticket, TicketEvent
from complaints.rulebook import case_of
from complaints.states import EventKind, State
from complaints.worklist import Filters
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed
from tests.contract.callers import caller
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import World

PHONE, SPOT_PHONE, REPLY_PHONE, ANSWER_PHONE = "13800138111", "13800138222", "13800138333", "13800138444"
ASKED_PHONE = "13800138555"
HOME = "3号楼2单元501室"
TELLING = f"{LIFT_BROKEN}，我住{HOME}，请打{PHONE}"
SECRETS = (PHONE, SPOT_PHONE, REPLY_PHONE, ANSWER_PHONE, ASKED_PHONE, HOME, "501室")
RUDE = f"{LIFT_BROKEN}，你们这帮傻逼"
ABOUT_AN_OFFICIAL = "举报街道办一个干部收了物业的红包，帮他们压投诉"


def telling(world: World, state: State = State.RESOLVED, **details: object) -> Ticket:
    """A ticket with personal data in everything that was written on it."""
    row = ticket(world, State.ACCEPTED if state == State.RESOLVED else state, text=TELLING, **details)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(spot=f"门口找{SPOT_PHONE}")
        if state != State.RESOLVED:
            return Ticket.objects.get(pk=row.pk)
        manager, resident = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.RESIDENT)
        row = talks.ask(row.number, by=manager, version=row.version, text=f"几点打{ASKED_PHONE}")
        row = talks.reply(row.number, by=resident, version=row.version, text=f"下班后打{REPLY_PHONE}")
        return tickets.resolve(row.number, by=manager, version=row.version, text=f"已联系{ANSWER_PHONE}")


def found_in(text: str) -> set[str]:
    return {secret for secret in SECRETS if secret in text}


READS_MASKED = [Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR]


@pytest.mark.parametrize("role", READS_MASKED)
def test_whoever_does_not_handle_it_reads_no_personal_data_on_any_page(world: World, sign_in, role: Role) -> None:
    row = telling(world)
    client = sign_in(role, "own")
    for address in (
        reverse("complaints:desk") + "?queue=all",
        reverse("complaints:desk") + f"?queue=all&ticket={row.number}",
        reverse("complaints:ticket", args=[row.number]),
    ):
        page = client.get(address).content.decode()
        assert row.number[10:] in page
        assert personal.MASK in page
        assert not found_in(page)


def test_the_pages_on_which_a_clerk_writes_of_it_anew_start_from_the_masked_text(world: World, sign_in) -> None:
    row, client = telling(world, State.TRIAGE), sign_in(Role.STREET_CLERK, "own")
    for name in ("complaints:split", "complaints:ticket"):
        page = client.get(reverse(name, args=[row.number]))
        assert page.status_code == 200
        assert personal.MASK in page.content.decode()
        assert not found_in(page.content.decode())
    row = telling(world)
    assert not found_in(client.get(reverse("complaints:publish", args=[row.number])).content.decode())


@pytest.mark.parametrize("role", READS_MASKED)
def test_whoever_does_not_handle_it_reads_no_personal_data_through_the_api(world: World, role: Role) -> None:
    row = telling(world)
    calling = caller(world, role)
    one, every = calling.get(f"tickets/{row.number}/"), calling.get("tickets/")
    assert not found_in(one.content.decode())
    assert not found_in(every.content.decode())
    assert not found_in(calling.get(f"tickets/{row.number}/clocks/").content.decode())
    assert one.json()["masked"] is True
    assert [each["masked"] for each in every.json()["results"]] == [True]


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_the_reporter_and_the_leads_people_read_all(world: World, sign_in, role: Role) -> None:
    row = telling(world)
    page = sign_in(role, "own").get(reverse("complaints:ticket", args=[row.number])).content.decode()
    answer = caller(world, role).get(f"tickets/{row.number}/")
    assert found_in(page) == found_in(answer.content.decode()) == set(SECRETS)
    assert answer.json()["masked"] is False


def test_the_lead_reads_it_masked_once_it_has_been_given_back(world: World) -> None:
    row = telling(world, State.TRIAGE)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        assert not found_in(queries.words_shown(manager, queries.get(manager, row.number)).text)


def test_a_look_shows_all_once_and_is_on_record(world: World, sign_in) -> None:
    row = telling(world)
    client = sign_in(Role.STREET_CLERK, "own")
    shown = client.post(reverse("complaints:reveal", args=[row.number])).content.decode()
    assert found_in(shown) == set(SECRETS)
    with scope.everything(reason="tests: the record"):
        assert TicketEvent.objects.filter(ticket=row, kind=EventKind.REVEALED).count() == 1
        assert Entry.objects.filter(subject_id=str(row.pk), action="ticket.revealed").count() == 1
    assert not found_in(client.get(reverse("complaints:ticket", args=[row.number])).content.decode())
    answer = caller(world, Role.STREET_CLERK).post(f"tickets/{row.number}/reveal/", {})
    assert answer.status_code == 200
    assert found_in(answer.content.decode()) == set(SECRETS)


def test_of_an_anonymous_ticket_even_the_lead_reads_nothing_personal_without_a_look_by_the_officer(world: World, sign_in) -> None:
    row = telling(world, anonymous=True)
    clerk = world.actor(Role.STREET_CLERK)
    page = sign_in(Role.PROPERTY_MANAGER, "own").get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert not found_in(page)
    with scope.limited_to(clerk.scope), pytest.raises(NotAllowed):
        tickets.reveal(row.number, by=clerk)
    shown = sign_in(Role.PROPERTY_MANAGER, "own").post(reverse("complaints:reveal", args=[row.number])).content.decode()
    assert found_in(shown) == set(SECRETS)


def search(world: World, role: Role, words: str) -> int:
    actor = world.actor(role)
    with scope.limited_to(actor.scope):
        now = clock.now()
        rows = worklist.page(actor, "all", Filters(words=words), now=now).rows
        assert worklist.count(actor, "all", Filters(words=words), now=now).total == len(rows)
        return len(rows)


@pytest.mark.parametrize("words", [PHONE, PHONE[:5], "501", HOME])
def test_searching_does_not_find_what_the_reader_sees_masked(world: World, words: str) -> None:
    telling(world)
    assert search(world, Role.STREET_CLERK, words) == 0
    assert search(world, Role.PROPERTY_MANAGER, words) == 1
    assert search(world, Role.STREET_CLERK, "停运两天") == 1


def test_searching_an_anonymous_ticket_guesses_nothing_for_its_lead_either(world: World) -> None:
    telling(world, anonymous=True)
    assert search(world, Role.PROPERTY_MANAGER, PHONE[:5]) == 0
    assert search(world, Role.PROPERTY_MANAGER, "停运两天") == 1


def test_a_text_that_nobody_looked_through_is_masked_when_shown_and_found_by_its_readers_alone(world: World) -> None:
    row = telling(world)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(text_masked=None)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        assert not found_in(queries.words_listed(clerk, queries.get(clerk, row.number)).text)
    assert search(world, Role.STREET_CLERK, "停运两天") == 0


def test_texts_filed_before_there_was_masking_are_looked_through(world: World) -> None:
    row = telling(world)
    with scope.everything(reason="tests: as it was before"):
        Ticket.objects.filter(pk=row.pk).update(text_masked=None, public_text=TELLING)
        step = import_module("complaints.migrations.0008_masked_texts")
        step.look_through(apps, SimpleNamespace(connection=connection))
    with scope.place(world.area()):
        seen = Ticket.objects.get(pk=row.pk)
    assert seen.text == TELLING
    assert seen.text_masked == seen.public_text == personal.masked(TELLING)


def test_rules_and_their_replays_never_see_personal_data(world: World) -> None:
    row = telling(world)
    with scope.place(world.area()):
        seen = case_of(Ticket.objects.select_related("compound").get(pk=row.pk), [], leaf=None, emergency=False).text
    assert "停运两天" in seen
    assert not found_in(seen)


def test_words_that_counted_are_not_told_when_they_stand_in_what_is_masked(world: World) -> None:
    row = telling(world)
    clerk, manager = world.actor(Role.STREET_CLERK), world.actor(Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(why_here={"source": "learned", "words": ["电梯", PHONE]})
    for actor, words in ((clerk, ["电梯"]), (manager, ["电梯", PHONE])):
        with scope.limited_to(actor.scope):
            assert queries.why_shown(actor, queries.get(actor, row.number))["words"] == words


def test_a_public_wording_is_masked_even_when_the_clerk_overlooks_it(world: World) -> None:
    row = telling(world)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        row = publishing.publish(row.number, by=clerk, version=row.version, text=TELLING)
    assert not found_in(row.public_text)


# --- insults ---


def test_insults_are_kept_and_shown_folded_to_staff(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED, text=RUDE)
    assert row.text == RUDE
    page = sign_in(Role.STREET_CLERK, "own").get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert RUDE in page.split("<details>", 1)[1].split("</details>", 1)[0]
    listed = sign_in(Role.STREET_CLERK, "own").get(reverse("complaints:desk") + "?queue=all").content.decode()
    assert "傻逼" not in listed
    own = sign_in(Role.RESIDENT, "own").get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert f'<p class="text">{RUDE}</p>' in own
    assert "<details>" not in own


def test_the_api_says_what_is_abusive(world: World) -> None:
    rude, kind = ticket(world, State.ACCEPTED, text=RUDE), ticket(world, State.ACCEPTED)
    calling = caller(world, Role.STREET_CLERK)
    assert {each["number"]: each["abusive"] for each in calling.get("tickets/").json()["results"]} == {
        rude.number: True,
        kind.number: False,
    }
    assert calling.get(f"tickets/{rude.number}/").json()["abusive"] is True


def test_insults_in_a_rating_are_folded_and_the_rating_counts(world: World, sign_in) -> None:
    row = ticket(world, State.RESOLVED)
    resident = world.actor(Role.RESIDENT)
    with scope.limited_to(resident.scope):
        row = tickets.rate(row.number, by=resident, version=row.version, satisfied=True, score=1, text="一群傻逼")
    assert (row.state, row.score, row.rating_text) == (State.RATED, 1, "一群傻逼")
    page = sign_in(Role.STREET_CLERK, "own").get(reverse("complaints:ticket", args=[row.number])).content.decode()
    assert "一群傻逼" in page.split("<details>", 1)[1].split("</details>", 1)[0]
    answer = caller(world, Role.STREET_CLERK).get(f"tickets/{row.number}/").json()
    assert answer["rating"]["abusive"] is True
    assert [event["abusive"] for event in answer["timeline"] if event["kind"] == "rated"] == [True]


# --- two topics ---


def test_a_second_topic_is_told_to_staff_and_not_to_the_reporter(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(why_here={**row.why_here, "also": ["0301", row.leaf_id]})
    name = routing.catalogue.Catalogue.load().leaf("0301").name
    for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER):
        page = sign_in(role, "own", headers={"accept-language": "zh-hans"}).get(reverse("complaints:ticket", args=[row.number]))
        assert name in page.content.decode()
        also = caller(world, role).get(f"tickets/{row.number}/").json()["also"]
        assert [each["code"] for each in also] == ["0301"]
    assert caller(world, Role.RESIDENT).get(f"tickets/{row.number}/").json()["also"] == []


# --- complaints about officials ---


@pytest.fixture
def taken_for_an_official(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classifier says what to do, although it guesses a leaf that a firm would answer for."""
    plain = classify.classify

    def found(*given: object, **more: object) -> classify.Decision:
        return replace(plain(*given, **more), leaf="0202", action=CONFIDENTIAL, reason_code="learned", emergency=False)

    monkeypatch.setattr(classify, "classify", found)


def test_a_complaint_about_an_official_goes_to_discipline_inspection_whatever_leaf_was_guessed(
    world: World, taken_for_an_official: None
) -> None:
    row = ticket(world)
    routing_actions.route_claimed(row.pk, row.area, 1)
    with scope.everything(reason="tests: where it went"):
        row = Ticket.objects.select_related("lead", "leaf").get(pk=row.pk)
    assert (row.restricted, row.confidential, row.public) == (True, True, False)
    assert row.leaf is not None
    assert row.leaf.confidential
    assert row.lead is None or row.lead.kind_id == "DI"
    for role in (Role.PROPERTY_MANAGER, Role.SUPERVISOR):
        actor = world.actor(role)
        with scope.limited_to(actor.scope):
            assert not queries.visible_to(actor).filter(pk=row.pk).exists()


def test_what_may_be_about_an_official_is_seen_by_the_desks_alone_until_it_is_sorted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = classify.classify

    def unsure(*given: object, **more: object) -> classify.Decision:
        return replace(plain(*given, **more), leaf="1206", action=CONFIDENTIAL, reason_code="unsure", emergency=False)

    monkeypatch.setattr(classify, "classify", unsure)
    row = ticket(world)
    assert routing_actions.route_claimed(row.pk, row.area, 1) == State.TRIAGE
    for role, sees in ((Role.STREET_CLERK, True), (Role.SUPERVISOR, False)):
        actor = world.actor(role)
        with scope.limited_to(actor.scope):
            assert queries.visible_to(actor).filter(pk=row.pk).exists() is sees


def test_no_rule_is_asked_about_a_complaint_about_an_official(taken_for_an_official: None) -> None:
    assert ruling.beyond_rules(classify.classify("x电梯", routing.catalogue.Catalogue.load()))
