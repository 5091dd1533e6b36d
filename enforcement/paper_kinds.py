"""The papers of a joint visit, how they are numbered, and the life of a template that a bureau brings. Plain data.

Wording after 行政处罚法 28 (责令改正), 42 (two officers with certificates), 45 (stating one's case), 55 (certificates shown).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import pgettext_lazy

from enforcement.finding_states import UNDER_ORDER, FindingState
from enforcement.visit_states import VisitState


class PaperKind(models.TextChoices):
    RECORD = "record", pgettext_lazy("paper", "record of an inspection on the spot")
    ORDER = "order", pgettext_lazy("paper", "order to put right")
    OPINION = "opinion", pgettext_lazy("paper", "opinion after a re-check")


@dataclass(frozen=True)
class Series:
    """How papers of a kind are called and numbered: `word` stands behind the bureau's own, as in 晋城管责改〔2026〕3号."""

    title: str
    word: str


SERIES: dict[PaperKind, Series] = {
    PaperKind.RECORD: Series("现场检查记录", "检记"),
    PaperKind.ORDER: Series("责令整改通知书", "责改"),
    PaperKind.OPINION: Series("复查意见书", "复查"),
}
SHORT: dict[str, str] = {
    "UM": "城管",
    "MR": "市监",
    "FR": "消防",
    "PS": "公安",
    "TP": "交警",
    "HC": "住建",
    "HL": "卫健",
    "EE": "环境",
    "NR": "资规",
    "EM": "应急",
    "CD": "人防",
}
"""What bureaus are called in numbers, by kind of organisation (own; their heads may choose another word)."""
ISSUING = frozenset({VisitState.UNDER_WAY, VisitState.CONCLUDED})
"""States of a visit in which papers are issued."""
ORDERED = UNDER_ORDER
"""Findings that an order names."""
DECIDED: dict[str, bool] = {
    FindingState.ACCEPTED: True,
    FindingState.ORDERED: False,
    FindingState.ANSWERED: False,
    FindingState.TRANSFERRED: False,
}
"""What a re-check came to, by the state of the finding: put right or not. Others were not looked at yet."""


def printed(word: str, kind: PaperKind, year: int, number: int) -> str:
    """A number in the customary form: `晋城管责改〔2026〕3号`."""
    return f"{word}{SERIES[kind].word}〔{year}〕{number}号"


class TemplateState(models.TextChoices):
    TRIED = "tried", pgettext_lazy("template of a paper", "to be looked at")
    USED = "used", pgettext_lazy("template of a paper", "in use")
    ENDED = "ended", pgettext_lazy("template of a paper", "no longer in use")
    DROPPED = "dropped", pgettext_lazy("template of a paper", "thrown away")


TEMPLATE_FIRST = TemplateState.TRIED
TEMPLATE_TRANSITIONS: dict[TemplateState, dict[TemplateState, str]] = {
    TemplateState.TRIED: {TemplateState.USED: "use", TemplateState.DROPPED: "drop"},
    TemplateState.USED: {TemplateState.ENDED: "use"},
    TemplateState.ENDED: {},
    TemplateState.DROPPED: {},
}
"""By the actions of `enforcement.actions.paper_templates`; using another one, or the shipped one, ends the one before."""
TEMPLATE_FINAL = frozenset({TemplateState.ENDED, TemplateState.DROPPED})
