"""Life of a version of a check list (检查事项清单), and the words an item is described with: plain data."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ListState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("check list", "draft")
    PROPOSED = "proposed", pgettext_lazy("check list", "waiting for a second person")
    PUBLISHED = "published", pgettext_lazy("check list", "in force")
    RETIRED = "retired", pgettext_lazy("check list", "no longer in force")
    WITHDRAWN = "withdrawn", pgettext_lazy("check list", "thrown away")


LIST_FIRST = ListState.DRAFT
LIST_TRANSITIONS: dict[ListState, dict[ListState, str]] = {
    ListState.DRAFT: {ListState.PROPOSED: "propose", ListState.WITHDRAWN: "withdraw"},
    ListState.PROPOSED: {ListState.DRAFT: "send_back", ListState.WITHDRAWN: "withdraw", ListState.PUBLISHED: "publish"},
    ListState.PUBLISHED: {ListState.RETIRED: "publish"},
    ListState.RETIRED: {},
    ListState.WITHDRAWN: {},
}
"""From a state to each next one, by the action (in `enforcement.actions.check_lists`). Publishing one retires the one before."""
LIST_FINAL = frozenset({ListState.RETIRED, ListState.WITHDRAWN})
OPEN_LISTS = frozenset({ListState.DRAFT, ListState.PROPOSED})
PUBLIC_LISTS = frozenset({ListState.PUBLISHED, ListState.RETIRED})


class Level(models.TextChoices):
    """Whose officers check it: the county bureau's, or the street's squad's."""

    COUNTY = "county", pgettext_lazy("level of a check", "county bureau")
    STREET = "street", pgettext_lazy("level of a check", "street squad")


class Severity(models.TextChoices):
    """Own: how bad a violation is taken to be before anybody has looked."""

    MINOR = "minor", pgettext_lazy("severity", "minor")
    ORDINARY = "ordinary", pgettext_lazy("severity", "ordinary")
    SERIOUS = "serious", pgettext_lazy("severity", "serious")


class Certainty(models.TextChoices):
    """How far the articles of an item were checked."""

    READ = "A", pgettext_lazy("certainty", "text read")
    OPEN = "B", pgettext_lazy("certainty", "article or penalty to be confirmed")
    NEWS = "C", pgettext_lazy("certainty", "known from news only")


class Showing(models.TextChoices):
    """Whether a list hangs in a compound; worked out from its posting."""

    HANGING = "up", pgettext_lazy("check list", "hangs")
    ASKED = "asked", pgettext_lazy("check list", "asked for")
    OVERDUE = "overdue", pgettext_lazy("check list", "overdue")
    NOWHERE = "none", pgettext_lazy("check list", "without it")
