"""Other systems that complaints come from, and messages to them, as plain data."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnerKind(models.TextChoices):
    HOTLINE = "hotline", _("12345 platform")
    GRID = "grid", _("grid service (网格服务)")
    OTHER = "other", pgettext_lazy("partner", "another system")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("delivery", "waiting")
    SENT = "sent", pgettext_lazy("delivery", "taken")
    GIVEN_UP = "given_up", pgettext_lazy("delivery", "given up")


TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset({DeliveryState.SENT, DeliveryState.GIVEN_UP}),
    DeliveryState.SENT: frozenset(),
    DeliveryState.GIVEN_UP: frozenset({DeliveryState.QUEUED}),
}
