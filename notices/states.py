"""Life of a notice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    BELL = "bell", _("in Mulin")
    EMAIL = "email", _("e-mail")


class State(models.TextChoices):
    QUEUED = "queued", _("waiting to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENT, State.FAILED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.SENT: frozenset(),
}
