"""Sending e-mail: a message that cannot be sent is tried again later and in the end given up; it never holds up others."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from notices import actions
from notices.models import Notice
from notices.states import Channel, State
from notices.tasks import sweep
from people.roles import Role
from tenancy import scope
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


@pytest.mark.django_db
def test_after_eight_tries_a_mail_is_given_up(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    monkeypatch.setattr(Choosy, "refused", world.user(Role.RESIDENT).email)
    with scope.place(world.area()):
        actions.tell([world.user(Role.RESIDENT)], "ticket_filed", area=world.area(), key="one", facts=FACTS)
        (waiting,) = mails(Role.RESIDENT)
        for _ in range(actions.MOST_TRIES + 1):
            actions.deliver(str(waiting.pk))
    (mail,) = mails(Role.RESIDENT)
    assert (mail.state, mail.tries) == (State.FAILED, actions.MOST_TRIES)
