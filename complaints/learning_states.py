"""Life of a version of the learned model: plain data, enforced by the database as well."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ModelState(models.TextChoices):
    CANDIDATE = "candidate", pgettext_lazy("learned model", "being learnt")
    LIVE = "live", pgettext_lazy("learned model", "in use")
    RETIRED = "retired", pgettext_lazy("learned model", "no longer in use")
    REFUSED = "refused", pgettext_lazy("learned model", "not taken into use")


MODEL_TRANSITIONS: dict[ModelState, dict[ModelState, str]] = {
    ModelState.CANDIDATE: {ModelState.LIVE: "learn", ModelState.REFUSED: "learn"},
    ModelState.LIVE: {ModelState.RETIRED: "learn"},
    ModelState.RETIRED: {ModelState.LIVE: "go_back"},
    ModelState.REFUSED: {},
}
"""From a state to each next one, by the action (in `complaints.actions.learning`) that takes the step."""
WHY: dict[str, str | Promise] = {
    "too_few": _("Too few confirmed tickets are held back to judge it by."),
    "department": _("It names the right department no more often than the one in use."),
    "leaf": _("It names the right kind less often than the one in use."),
    "failed": _("Learning did not come to an end."),
}
"""Why a version was not taken into use."""
SHIPPED = 0
"""The number of the version that comes with Mulin; its model is not kept in the database (`complaints.learning.shipped`)."""
