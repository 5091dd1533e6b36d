"""Sending e-mail: a message that cannot be sent is tried again later and in the end given up; it never holds up others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.db.models.functions import Now

from notices import actions
from notices.models import Notice
from notices.states import Channel, State
from notices.tasks import sweep
from people.roles import Role
from tenancy import clock, scope
from tests.factories.world import World

FACTS = {"number": "350582001-2611-00000001", "place": "福炼小区"}


class Choosy(EmailBackend):
    """Sends to everybody but one, for whom it raises what mail servers are not known to raise."""

    refused = ""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if any(self.refused in message.to for message in email_messages):
            raise UnicodeError("label too long")
        return super().send_messages(email_messages)


def mails(role: Role) -> list[Notice]:
    with scope.everything(reason="tests"):
        return list(Notice.objects.filter(channel=Channel.EMAIL, user__username=f"{role}_own").order_by("made_at", "pk"))


@pytest.mark.django_db
def test_a_mail_that_cannot_be_built_or_sent_does_not_hold_up_the_others(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    unlucky = world.user(Role.PROPERTY_STAFF)
    monkeypatch.setattr(Choosy, "refused", unlucky.email)
    people = [unlucky, world.user(Role.PROPERTY_MANAGER), world.user(Role.RESIDENT)]
    with scope.place(world.area()):
        actions.tell(people, "ticket_filed", area=world.area(), key="one", facts=FACTS)
        actions.tell([unlucky], "ticket_triage", area=world.area(), key="two", facts={})  # its words lack a fact
    assert sweep() == 2
    assert sorted(message.to[0] for message in mailoutbox) == sorted(person.email for person in people[1:])
    assert [(mail.state, mail.tries, mail.problem) for mail in mails(Role.PROPERTY_STAFF)] == [
        (State.QUEUED, 1, "UnicodeError"),
        (State.QUEUED, 1, "KeyError"),
    ]
    assert sweep() == 0, "tried again before its time"


def due_again() -> None:
    """As if the leases had run out."""
    with scope.everything(reason="tests"):
        Notice.objects.filter(channel=Channel.EMAIL).update(try_after=Now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_after_eight_tries_a_mail_is_given_up(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    monkeypatch.setattr(Choosy, "refused", world.user(Role.RESIDENT).email)
    with scope.place(world.area()):
        actions.tell([world.user(Role.RESIDENT)], "ticket_filed", area=world.area(), key="one", facts=FACTS)
    for _ in range(actions.MOST_TRIES + 2):
        due_again()
        sweep()
    (mail,) = mails(Role.RESIDENT)
    assert (mail.state, mail.tries, mail.problem) == (State.FAILED, actions.MOST_TRIES, "UnicodeError")


@pytest.mark.django_db
def test_each_try_waits_longer_than_the_one_before(world: World) -> None:
    with scope.place(world.area()):
        actions.tell([world.user(Role.RESIDENT)], "ticket_filed", area=world.area(), key="one", facts=FACTS)
    waits = []
    for _ in range(7):
        due_again()
        assert actions.claim() is not None
        (mail,) = mails(Role.RESIDENT)
        waits.append(round((mail.try_after - clock.now()).total_seconds(), -1))
    assert waits == [20, 40, 80, 160, 320, 600, 600]


@pytest.mark.django_db
def test_a_claim_that_another_worker_has_taken_over_sends_nothing(world: World, mailoutbox: list[EmailMessage]) -> None:
    with scope.place(world.area()):
        actions.tell([world.user(Role.RESIDENT)], "ticket_filed", area=world.area(), key="one", facts=FACTS)
    first = actions.claim()
    assert actions.claim() is None, "claimed twice within one lease"
    due_again()
    second = actions.claim()
    assert first is not None
    assert second is not None
    assert not actions.deliver(*first)
    assert actions.deliver(*second)
    assert not actions.deliver(*second)
    assert len(mailoutbox) == 1


class WorkerKilled(BaseException):
    """Ends the task as a kill does: nothing after it runs, and the open transaction is lost."""


class Deadly(EmailBackend):
    """Kills the worker that sends to one address."""

    victim = ""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if any(self.victim in message.to for message in email_messages):
            raise WorkerKilled
        return super().send_messages(email_messages)


@pytest.mark.django_db
def test_a_mail_that_kills_its_worker_is_counted_holds_up_nobody_and_ends_before_a_person(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], sign_in: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Deadly"
    victim, others = world.user(Role.RESIDENT), [world.user(Role.PROPERTY_STAFF), world.user(Role.PROPERTY_MANAGER)]
    monkeypatch.setattr(Deadly, "victim", victim.email)
    with scope.place(world.area()):
        actions.tell([victim, *others], "ticket_filed", area=world.area(), key="one", facts=FACTS)
        Notice.objects.filter(channel=Channel.EMAIL, user=victim).update(try_after=Now() - timedelta(hours=1))  # the very first
    with pytest.raises(WorkerKilled):
        sweep()
    (mail,) = mails(Role.RESIDENT)
    assert (mail.state, mail.tries) == (State.QUEUED, 1), "the try was not counted"
    assert sweep() == len(others), "the poisonous one held up the next"
    assert len(mailoutbox) == len(others)
    for tries in range(2, actions.MOST_TRIES + 1):
        due_again()
        with pytest.raises(WorkerKilled):
            sweep()
        assert mails(Role.RESIDENT)[0].tries == tries
    due_again()
    assert sweep() == 0
    (mail,) = mails(Role.RESIDENT)
    assert (mail.state, mail.problem) == (State.FAILED, actions.WORKER_LOST)
    page = sign_in(Role.SYSTEM_ADMIN).get("/system/")
    assert page.context["failed"]["count"] == 1
    assert "(1)" in page.content.decode()
    assert "发送时工作进程中断" in page.content.decode()


def test_among_thousands_that_wait_the_next_is_the_first_of_its_index(world: World) -> None:
    user, area = world.user(Role.RESIDENT), world.area()
    with scope.place(area):
        Notice.objects.bulk_create(
            Notice(
                user=user, area=area, channel=Channel.EMAIL, state=State.QUEUED, kind="ticket_rated", facts={}, key=f"many-{n}"
            )
            for n in range(3000)
        )
    with scope.everything(reason="tests: how the next one is found"), connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice")
        cursor.execute(f"EXPLAIN {actions.NEXT}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notices_notice_waiting" in plan
    assert "Sort" not in plan


@pytest.mark.django_db
def test_what_people_typed_is_no_link_in_a_mail_and_ours_is(world: World, settings: Any, mailoutbox: list[EmailMessage]) -> None:
    settings.MULIN_PUBLIC_URL = "https://mulin.example.test"
    reader = world.user(Role.PROPERTY_MANAGER)
    typed = {**FACTS, "place": "快看http://evil.example.com/领奖"}
    with scope.place(world.area()):
        actions.tell([reader], "ticket_filed", area=world.area(), key="link", facts=typed, url="/tickets/x/")
        bell = Notice.objects.get(user=reader, channel=Channel.BELL, key="link")
    sweep()
    (sent,) = [message for message in mailoutbox if reader.email in message.to and "evil" in message.body]
    assert "http[://]evil[.]example[.]com/" in sent.body
    assert "://evil" not in sent.body.replace("[://]", "")
    assert "https://mulin.example.test/tickets/x/" in sent.body
    assert bell.facts["place"] == typed["place"]
