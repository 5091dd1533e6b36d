"""验收: residents say whether it is good, the neighbourhood committee confirms, the street closes; a defect opens it again."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from communities.models import Residency
from people.actors import Actor
from projects.actions.step import LONGEST_REASON, begin, finish, reason_of
from projects.models import Project, Verdict
from projects.states import EventKind, ProjectState
from tenancy import clock
from tenancy.refusals import NotAllowed, Refusal
from tenancy.text import clean

FEWEST_VERDICTS = 3
"""With fewer verdicts, or more noes than yeses, whoever confirms must say why (own)."""


@transaction.atomic
def say(number: str, *, by: Actor, version: int, good: bool, text: str = "") -> Project:
    """A resident's verdict, once in a round and once for each home; a no says why.

    Raises NotAllowed for whoever does not live there, or not in the building that it is for; Refusal on `text` and when it was
    said already. The version does not change: one neighbour's word does not stand in another's way.
    """
    project = begin(number, "say", by=by, version=version)
    homes = Residency.objects.filter(user_id=by.id, area=project.area, ended_at=None).exclude(verified_at=None)
    if project.building_id:
        homes = homes.filter(home__building_id=project.building_id)
    residency = homes.order_by("pk").first()
    if residency is None:
        raise NotAllowed(_("Only those who live there, with a confirmed home, say whether it is good."))
    words = clean(text, field="text", longest=LONGEST_REASON, required=not good, lines=True)
    said = Verdict.objects.filter(project=project, round=project.round)
    if said.filter(said_by_id=by.id).exists() or (residency.home_id and said.filter(home_id=residency.home_id).exists()):
        raise Refusal(_("Your home has said its word already. Thank you."), code="said_already")
    Verdict.objects.create(
        area=project.area,
        project=project,
        round=project.round,
        home_id=residency.home_id,
        good=good,
        text=words,
        said_at=clock.now(),
        said_by_id=by.id,
    )
    return project


def counted(project: Project) -> tuple[int, int]:
    """(yes, no) of the present round."""
    good = list(Verdict.objects.filter(project=project, round=project.round).values_list("good", flat=True))
    return sum(good), len(good) - sum(good)


@transaction.atomic
def confirm(number: str, *, by: Actor, version: int, text: str = "") -> Project:
    """The neighbourhood committee states that the residents accept. `text` says why where few spoke, or most said no."""
    project = begin(number, "confirm", by=by, version=version)
    yes, no = counted(project)
    few = yes + no < FEWEST_VERDICTS
    words = clean(text, field="text", longest=LONGEST_REASON, required=False, lines=True)
    if (few or no >= yes) and not words:
        raise Refusal(
            _("%(yes)d yes, %(no)d no: with fewer than %(fewest)d verdicts, or no majority, say why it is accepted.")
            % {"yes": yes, "no": no, "fewest": FEWEST_VERDICTS},
            field="text",
            code="required",
        )
    project.accepted_at = clock.now()
    finish(project, ProjectState.ACCEPTED, EventKind.CONFIRMED, ["accepted_at"], by=by, text=words, yes=yes, no=no)
    return project


@transaction.atomic
def send_back(number: str, *, by: Actor, version: int, text: str) -> Project:
    """It is not good yet: the work goes on, and the residents are asked anew afterwards."""
    project = begin(number, "send_back", by=by, version=version)
    reason = reason_of(text)
    _again(project)
    finish(project, ProjectState.WORKING, EventKind.SENT_BACK, AGAIN, by=by, text=reason)
    return project


@transaction.atomic
def close(number: str, *, by: Actor, version: int) -> Project:
    """The street closes it; the warranty runs from today."""
    project = begin(number, "close", by=by, version=version)
    project.closed_at = clock.now()
    project.warranty_until = clock.today() + timedelta(days=project.warranty_days)
    finish(project, ProjectState.CLOSED, EventKind.CLOSED, ["closed_at", "warranty_until"], by=by)
    return project


@transaction.atomic
def reopen(number: str, *, by: Actor, version: int, text: str) -> Project:
    """A defect within the warranty: the work begins again. Raises Refusal when the warranty is over."""
    project = begin(number, "reopen", by=by, version=version)
    reason = reason_of(text)
    until = project.warranty_until
    if until is None or clock.today() > until:
        raise Refusal(
            _("The warranty ended on %(day)s. File a complaint instead: it is answered within its own time.")
            % {"day": f"{until:%Y-%m-%d}" if until else "—"},
            code="warranty_over",
        )
    _again(project)
    finish(project, ProjectState.WORKING, EventKind.REOPENED, AGAIN, by=by, text=reason)
    return project


AGAIN = ["round", "delivered_at", "accepted_at", "closed_at"]


def _again(project: Project) -> None:
    project.round += 1
    project.delivered_at = project.accepted_at = project.closed_at = None
