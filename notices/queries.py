"""Reads over notices."""

from django.db.models import QuerySet

from notices.models import Notice
from notices.states import Channel
from people.actors import Actor


def visible_to(actor: Actor) -> QuerySet[Notice]:
    """Only one's own."""
    mine: QuerySet[Notice] = Notice.objects.filter(user_id=actor.id, channel=Channel.BELL)
    return mine.order_by("-made_at", "-pk")


def unread_count(actor: Actor) -> int:
    return visible_to(actor).filter(read_at=None).count()
