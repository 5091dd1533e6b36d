"""Life of a posting (公示): asked for, hanging with a proof, taken down. Plain data, enforced by the database as well."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PostingState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("posting", "to be put up")
    UP = "up", pgettext_lazy("posting", "on show")
    DOWN = "down", pgettext_lazy("posting", "taken down")
    CANCELLED = "cancelled", pgettext_lazy("posting", "not needed any more")


POSTING_FIRST = PostingState.ASKED
POSTING_TRANSITIONS: dict[PostingState, dict[PostingState, str]] = {
    PostingState.ASKED: {PostingState.UP: "put_up", PostingState.CANCELLED: "cancel"},
    PostingState.UP: {PostingState.DOWN: "take_down"},
    PostingState.DOWN: {},
    PostingState.CANCELLED: {},
}
"""From a state to each next one, by the action (in `communities.actions.postings`) that takes the step."""
POSTING_FINAL = frozenset({PostingState.DOWN, PostingState.CANCELLED})
POSTING_SHOWN = frozenset({PostingState.UP, PostingState.DOWN})
"""What residents read."""


class PostingKind(models.TextChoices):
    """What is put up. Higher floors ask for their own kinds and keep the link."""

    CHECK_LIST = "check_list", _("list of what may be checked")
    RESULT = "result", _("result of a check")
    CONTRACT = "contract", _("property contract and fees")
    ACCOUNTS = "accounts", _("public revenue and maintenance fund")
    DECISION = "decision", _("matter that owners decide")
    OTHER = "other", _("something else")


ASKED_ELSEWHERE = frozenset({PostingKind.CHECK_LIST})
"""Kinds that a higher floor asks for, so that it keeps the link: one asked for by hand would hang and count for nothing."""
