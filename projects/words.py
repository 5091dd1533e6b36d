"""What notices say of projects and monthly plans."""

from django.utils.translation import gettext_lazy as _

from notices.words import Words

_SEE = _("%(place)s, %(number)s. You are told because you reported what it grew from.")
_LOOK = _("%(place)s, %(number)s: the reason is on its page.")

KINDS: dict[str, Words] = {
    "project_planned": Words(_("“%(title)s” is promised by %(ends_on)s"), _SEE),
    "project_carried": Words(_("“%(title)s” goes on next month"), _LOOK),
    "project_started": Words(_("Work on “%(title)s” has begun"), _SEE),
    "project_reported": Words(_("“%(title)s” stands at %(progress)s"), _SEE),
    "project_delivered": Words(_("“%(title)s” is finished"), _SEE),
    "project_sent_back": Words(_("“%(title)s” is being done again"), _LOOK),
    "project_confirmed": Words(_("“%(title)s” was accepted by the residents"), _SEE),
    "project_closed": Words(_("“%(title)s” is closed"), _SEE),
    "project_reopened": Words(_("“%(title)s” was opened again for a defect"), _LOOK),
    "project_dropped": Words(_("“%(title)s” was dropped"), _LOOK),
    "project_accept_delivered": Words(
        _("Is “%(title)s” good?"), _("%(place)s: the work is finished. Look at the photos and say yes or no.")
    ),
    "project_lead_planned": Words(
        _("“%(title)s” is yours to carry out"),
        _("%(place)s, %(number)s: promised by %(ends_on)s. Begin it, and report every week."),
    ),
    "project_lead_sent_back": Words(_("“%(title)s” must be done again"), _LOOK),
    "project_lead_reopened": Words(_("“%(title)s” has a defect within its warranty"), _LOOK),
    "project_lead_dropped": Words(_("“%(title)s” was dropped"), _LOOK),
    "project_lead_silent": Words(
        _("Nothing was reported of “%(title)s” last week"), _("%(place)s, %(number)s stands at %(progress)s. Say how it goes on.")
    ),
    "project_lead_remind": Words(
        _("Report on “%(title)s” this week"),
        _("%(place)s, %(number)s stands at %(progress)s. A photo from the same spot says most."),
    ),
    "project_lead_late": Words(
        _("“%(title)s” is late"), _("%(place)s, %(number)s was promised by %(ends_on)s and stands at %(progress)s.")
    ),
    "project_street_late": Words(
        _("“%(title)s” is late"), _("%(place)s, %(number)s was promised by %(ends_on)s and stands at %(progress)s.")
    ),
    "project_street_silent": Words(
        _("Nothing was reported of “%(title)s” last week"), _("%(place)s, %(number)s stands at %(progress)s.")
    ),
    "project_street_confirmed": Words(
        _("“%(title)s” can be closed"), _("%(place)s, %(number)s: its residents have accepted it.")
    ),
    "project_street_reopened": Words(_("“%(title)s” was opened again"), _LOOK),
    "plan_due": Words(
        _("Plan %(month)s for %(place)s"),
        _("At least three projects, agreed by all sides, should be with the street office now."),
    ),
    "plan_missing": Words(
        _("%(place)s has no published plan for %(month)s"),
        _("Ask the firm, the owners' committee and the neighbourhood what holds it up."),
    ),
    "plan_to_close": Words(
        _("Close %(month)s for %(place)s"), _("Write the review; what has not landed goes on into the next month.")
    ),
    "plan_proposed": Words(
        _("The plan of %(place)s for %(month)s waits for you"), _("All sides agree. Check it and publish it.")
    ),
    "plan_returned": Words(
        _("The plan of %(place)s for %(month)s came back"),
        _("The street office wants something changed; it says what on the page."),
    ),
    "plan_published": Words(
        _("What %(place)s does in %(month)s"), _("The plan is published: see what is promised, by when, and what it costs.")
    ),
    "plan_closed": Words(
        _("%(month)s is closed for %(place)s"), _("The review and what became of each project are on the page.")
    ),
}
