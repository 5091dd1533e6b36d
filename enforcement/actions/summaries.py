"""The summary of a joint visit on the board of its compound: asked for by the street, once."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import actions as audit
from communities.actions import postings
from communities.actions.postings import LONGEST_SUBJECT, LONGEST_TEXT
from communities.models import Posting
from communities.posting_states import PostingKind, PostingState
from enforcement import summaries, visit_queries
from enforcement.actions.shown_lists import office_of
from enforcement.summaries import Summary
from enforcement.visit_states import VisitState
from people.actors import Actor
from people.roles import STREET
from tenancy.refusals import NotAllowed, WrongState

DAYS = 7
"""How long it hangs at least (own)."""
OPEN = frozenset({PostingState.ASKED, PostingState.UP})
MOST_LINES = 12


@transaction.atomic
def have_put_up(number: str, *, by: Actor, due_on: date) -> Posting:
    """Ask for the summary of a concluded visit to be put up by a day; again once an earlier posting has ended.

    Raises NotThere, NotAllowed, WrongState, and Refusal on `due_on`.
    """
    visit = visit_queries.get(by, number, lock=True)
    if not by.holds(visit.area, STREET):
        raise NotAllowed(_("The street office has it put up."))
    if visit.state != VisitState.CONCLUDED:
        raise WrongState(_("What was found is put up when all bureaus have signed."))
    if visit.posting is not None and visit.posting.state in OPEN:
        raise WrongState(_("It hangs there already, or has been asked for."))
    subject, text = written(summaries.of(visit))
    visit.posting = postings.ask(
        area=visit.area,
        kind=PostingKind.RESULT,
        subject=subject,
        text=text,
        due_on=due_on,
        days=DAYS,
        by=by,
        contact=office_of(visit.area),
    )
    visit.save(update_fields=["posting"])
    audit.record(visit, "visit.asked_to_be_shown", by=by, area=visit.area, after={"posting": visit.posting.pk})
    return visit.posting


def written(summary: Summary) -> tuple[str, str]:
    """Title and words of the posting, in the installation's language."""
    visit = summary.visit
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("What the joint visit of %(day)s found") % {"day": visit.planned_on}
        lines = [_("Visit %(number)s. Bureaus: %(names)s.") % {"number": visit.number, "names": "、".join(summary.bureaus)}]
        lines.append("，".join(f"{label} {many}" for label, many in summary.counts.items()))
        lines += [f"{each.item} {each.spot}：{each.state}" for each in summary.findings[:MOST_LINES]]
        left = len(summary.findings) - MOST_LINES
        if left > 0:
            lines.append(_("And %(n)d more; the sheet names all of them.") % {"n": left})
    return subject[:LONGEST_SUBJECT], "\n".join(lines)[:LONGEST_TEXT]
