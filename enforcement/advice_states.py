"""Life of a legal consultation (法律咨询): plain data."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConsultationState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("consultation", "waiting for an answer")
    ANSWERED = "answered", pgettext_lazy("consultation", "answered")
    WITHDRAWN = "withdrawn", pgettext_lazy("consultation", "withdrawn")


CONSULTATION_FIRST = ConsultationState.WAITING
CONSULTATION_TRANSITIONS: dict[ConsultationState, dict[ConsultationState, str]] = {
    ConsultationState.WAITING: {ConsultationState.ANSWERED: "answer", ConsultationState.WITHDRAWN: "withdraw"},
    ConsultationState.ANSWERED: {ConsultationState.WAITING: "ask_further"},
    ConsultationState.WITHDRAWN: {},
}
"""From a state to each next one, by the action of `enforcement.actions.advice` that takes the step."""


class Topic(models.TextChoices):
    """What a question is about (own list, after the matters that 民法典 and 物业管理条例 leave to owners and firms)."""

    FEES = "fees", _("Property fees")
    FUNDS = "funds", _("Maintenance fund and common income")
    COMMITTEE = "committee", _("Owners' assembly and committee")
    CONTRACT = "contract", _("Contract with the property firm")
    NEIGHBOURS = "neighbours", _("Between neighbours")
    PARKING = "parking", _("Parking places")
    LEASE = "lease", _("Letting and renting")
    HARM = "harm", _("Damage and injury")
    OTHER = "other", _("Something else")


class LineKind(models.TextChoices):
    QUESTION = "question", pgettext_lazy("consultation", "Question")
    ANSWER = "answer", pgettext_lazy("consultation", "Answer")
