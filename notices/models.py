"""Messages to people: each a row first, sent by a worker."""

import uuid

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from notices.states import Channel, State
from people.models import User
from tenancy.scoped import ScopedModel

TRIED = ExpressionWrapper(Q(tries__gt=0), output_field=BooleanField())


class Notice(ScopedModel):
    """One message to one person on one channel.

    The words are made when it is read or sent, in the reader's language, from `kind` and `facts`. `key` makes telling twice
    impossible: one (person, channel, key) is one notice.
    """

    personal_rows = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now(), editable=False)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-made_at"], name="notices_notice_of_user"),
            models.Index(fields=["user"], condition=models.Q(channel="bell", read_at=None), name="notices_notice_unread"),
            # In the order in which workers claim: however many wait, the next one is the first entry.
            models.Index(TRIED, F("try_after"), condition=models.Q(state="queued"), name="notices_notice_waiting"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "channel", "key"], name="notices_notice_once")]
        verbose_name = _("notice")

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"
