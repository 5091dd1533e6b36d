"""The forms of the steps on a case, and how each is offered: as the one main button, a button beside it, or under “More”."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from complaints import catalogue, explain, note_queries, prepared, queries, routing, standard_words, timekeeping
from complaints.actions.extensions import MOST_DAYS
from complaints.actions.step import LONGEST_REASON
from complaints.actions.tickets import LONGEST_ANSWER
from complaints.forms import desk as forms
from complaints.forms import steps as more
from complaints.models import Ticket
from complaints.note_permissions import may_keep_notes, may_read_notes
from complaints.note_states import Worded
from complaints.permissions import speaks_for
from complaints.states import AssistState
from people.actors import Actor
from tenancy import clock

WITHOUT_FORM = frozenset({"rate", "second_handling", "route", "publish", "reply", "split", "merge"})
"""Steps that are taken elsewhere: by the reporter, by a worker, on a page of their own."""
MAIN = ("dispatch", "arbitrate", "resolve", "accept", "close", "answer_assist", "grant_extension")
"""A case has one main button: the first of these that is possible."""
IN_PLACE = frozenset({"dispatch", "arbitrate", "resolve", "accept", "close"})
"""Their forms stand in the case itself, not in a window."""


@dataclass(frozen=True)
class Window:
    """How a step is offered: `button` opens a window titled `title`, whose own button says `word`."""

    title: Any
    button: Any
    icon: str
    word: Any = ""
    key: str = ""
    danger: bool = False
    rare: bool = False


WINDOWS: dict[str, Window] = {
    "answer_assist": Window(_("Give our part"), _("Give our part"), "reply", _("Send")),
    "grant_extension": Window(_("Grant more time"), _("Grant more time"), "clock", _("Grant")),
    "refuse_extension": Window(_("Refuse more time"), _("Refuse more time"), "refused", _("Refuse")),
    "give_back": Window(_("Return it"), _("Return"), "back", _("Return"), key="b"),
    "recall": Window(_("Take the dispatch back"), _("Take the dispatch back"), "back", _("Take back"), rare=True),
    "contact": Window(_("The reporter was contacted"), _("Contacted"), "phone", _("Note it"), key="c"),
    "ask": Window(_("Ask the reporter"), _("Ask the reporter"), "help", _("Ask"), key="q"),
    "resume": Window(_("Take it up again"), _("Take it up again"), "redo", _("Take it up again")),
    "arrive": Window(_("Somebody is on site"), _("On site"), "place", _("Note it")),
    "redo": Window(_("Have it done again"), _("Have it done again"), "redo"),
    "reply_directly": Window(_("Answer it yourself"), _("Answer it yourself"), "reply", _("Send the answer")),
    "refuse": Window(_("Do not take it up"), _("Do not take up"), "refused", _("Do not take up"), danger=True),
    "nudge": Window(_("Urge them on"), _("Urge on"), "bell", _("Urge on")),
    "assist": Window(_("Ask an organisation to assist"), _("Ask to assist"), "people", _("Ask")),
    "ask_extension": Window(_("Ask for more time"), _("Ask for more time"), "clock", _("Ask"), rare=True),
    "recategorise": Window(_("Change what it is about"), _("Change the kind"), "filter", _("Change"), rare=True),
    "unmerge": Window(_("Take it out of what it is merged with"), _("Take out again"), "redo", _("Take out")),
    "supervise": Window(_("Place it under supervision"), _("Supervise"), "shield", _("Supervise"), rare=True),
    "end_assist": Window(_("End an assistance"), _("End an assistance"), "remove", _("Take back"), rare=True),
    "unpublish": Window(_("Take it back from the public"), _("Take back from the public"), "eye-off", _("Take back"), rare=True),
    "cancel": Window(_("Withdraw the ticket"), _("Withdraw"), "cancelled", _("Withdraw"), danger=True, rare=True),
}
HELP: dict[str, Any] = {
    "reply_directly": _("For thanks and for questions: nothing is dispatched, the reporter reads this and can rate it."),
    "refuse": _("The reporter reads this."),
    "redo": _("Say what is still missing. The lead organisation and the reporter read this."),
    "cancel": _("Say why, for instance which other ticket it repeats. The reporter reads this."),
    "unpublish": _("Say why. The reporter reads this; neighbours see the ticket no more."),
    "give_back": _(
        "Say who might answer. The first return goes to the street office, which may send it back to you; "
        "the second to the county desk, whose decision stands."
    ),
    "arbitrate": _("Whoever leads and the street office read this. Nobody can return it after that."),
    "contact": _("Say how, and what was agreed. The reporter reads this."),
    "arrive": _("The reporter reads this."),
    "ask": _(
        "The reporter reads this and can answer on the page. Until then the time to answer stands still, for five working "
        "days at most."
    ),
    "resume": _("Say what you were told, for instance on the telephone. The time to answer goes on. The reporter reads this."),
    "ask_extension": _("The street office decides. If it agrees, the reporter is told the new date and this reason."),
    "grant_extension": _("The reporter is told the new date and the reason that the lead organisation gave."),
    "refuse_extension": _("The lead organisation reads this; the deadline stays."),
    "unmerge": _("Say why. It goes back to who had it, with new times; whoever filed it reads this."),
    "nudge": _("Whoever has it now is told this at once; the reporter does not see it."),
    "supervise": _("It is marked as supervised in every list, and whoever has it now is told this."),
}
LABELS: dict[str, Any] = {
    "reply_directly": _("What you answer"),
    "contact": _("What was said"),
    "arrive": _("What you found"),
    "ask": _("Your question"),
    "resume": _("What you were told"),
    "grant_extension": _("Remark"),
    "nudge": _("What is wanted"),
    "supervise": _("What is wanted"),
}
PREPARED = frozenset({"reply_directly", "refuse"})
"""Their words are offered already written where a knowledge note fits."""
EXAMPLE_BY = _("What stands here is a prepared example, after %(source)s: read it, and change what does not fit.")
EXAMPLE_HERE = _("What stands here is a prepared example: read it, and change what does not fit.")
PREPARED_BY = _("What stands here is the knowledge note “%(name)s”, after %(source)s: read it, and change what does not fit.")
PREPARED_HERE = _("What stands here is the knowledge note “%(name)s”: read it, and change what does not fit.")
TO_CHECK = _("It was to be checked by %(day)s: make sure that it still holds.")
PREPARED_ROWS = 9
LONGER = {"reply_directly": LONGEST_ANSWER}
"""Words that are an answer may be longer than a reason."""
OPTIONAL = frozenset({"arrive", "resume", "grant_extension"})
WITH_REASON = frozenset({"refuse", "redo", "cancel", "unpublish", "refuse_extension", "unmerge"})


def form_for(
    action: str, ticket: Ticket, actor: Actor, sent: Any = None, *, kept: timekeeping.Account | None = None
) -> forms.StepForm:
    """The form of a step for this actor, empty or with what was sent. `kept` is the ledger, where it was read already."""
    if action == "dispatch":
        return dispatch_form(ticket, sent)
    common: dict[str, Any] = {"initial": {"version": ticket.version}, "auto_id": f"{action}_%s"}
    if action in LABELS or action in WITH_REASON:
        return _worded(action, ticket, actor, sent, common)
    match action:
        case "give_back":
            return more.GiveBackForm(sent, help_text=HELP[action], **common)
        case "arbitrate":
            able = list(queries.answering_for(ticket.area))
            return more.ArbitrateForm(sent, organisations=able, help_text=HELP[action], **common)
        case "ask_extension":
            return more.ExtensionForm(sent, dates=_dates(ticket, kept), help_text=HELP[action], **common)
        case "recategorise":
            url = reverse("complaints:times", args=[ticket.number])
            present, suggested = ticket.leaf_id or "", explain.suggested_leaves(ticket)
            return more.RecategoriseForm(sent, present=present, suggested=suggested, times_url=url, **common)
        case "resolve":
            return forms.ResolveForm(sent, **common)
        case "assist" | "answer_assist" | "end_assist":
            return _assist_form(action, ticket, actor, sent, common)
        case _:
            return forms.StepForm(sent, **common)


def _worded(action: str, ticket: Ticket, actor: Actor, sent: Any, common: dict[str, Any]) -> forms.ReasonForm:
    """A form of words; where a knowledge note fits they stand there already, and it is said what they are."""
    explained, note = HELP[action], None
    if action in PREPARED:
        note = prepared.fitting(ticket.why_here.get("action", ""), ticket.text, action, area=ticket.area)
    if note:
        common["initial"]["text"] = note.text
        explained = _whose(note, actor, explained)
    if action in LABELS:
        longest, optional = LONGER.get(action, LONGEST_REASON), action in OPTIONAL
        form: forms.ReasonForm = more.WordsForm(
            sent, label=LABELS[action], optional=optional, longest=longest, help_text=explained, **common
        )
    else:
        form = forms.ReasonForm(sent, help_text=explained, **common)
    if note:
        form.fields["text"].widget.attrs["rows"] = PREPARED_ROWS
    return form


def _whose(note: prepared.Note, actor: Actor, explained: Any) -> SafeString:
    """What the words in a form are, whether they still hold, and the way to the note for whoever may read it."""
    said = (EXAMPLE_BY if note.law else EXAMPLE_HERE) if note.example else (PREPARED_BY if note.law else PREPARED_HERE)
    parts = [explained, said % {"name": note.name, "source": note.law}]
    if note.review_on and note.overdue(note_queries.today()):
        parts.append(TO_CHECK % {"day": note.review_on})
    if note.id and may_keep_notes(actor, note.area):
        parts.append(format_html('<a href="{}">{}</a>', reverse("complaints:note_change", args=[note.id]), _("Change this note")))
    elif note.id and may_read_notes(actor, note.area):
        parts.append(format_html('<a href="{}">{}</a>', reverse("complaints:note", args=[note.id]), _("Look at this note")))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _assist_form(action: str, ticket: Ticket, actor: Actor, sent: Any, common: dict[str, Any]) -> forms.StepForm:
    if action == "assist":
        others = [row for row in queries.answering_for(ticket.area) if row.pk != ticket.lead_id]
        return forms.AssistForm(sent, organisations=others, **common)
    asked = list(queries.live_assists(ticket))
    if action == "end_assist":
        return forms.EndAssistForm(sent, assists=asked, **common)
    open_ones = [assist for assist in asked if assist.state == AssistState.OPEN]
    return forms.AnswerAssistForm(
        sent, assists=[assist for assist in open_ones if speaks_for(actor, ticket, assist.organisation_id)], **common
    )


def _dates(ticket: Ticket, kept: timekeeping.Account | None) -> list[tuple[int, Any]]:
    """Each number of working days that may be asked for, with the date that it would give."""
    resolve = (kept or timekeeping.account(ticket, now=clock.now())).resolve
    return [(days, timekeeping.with_more_days(resolve, days) if resolve else None) for days in range(1, MOST_DAYS + 1)]


def suggestion(ticket: Ticket, leaf: str | None) -> routing.Responsible:
    """Who would lead for this leaf here, so that the clerk need not look it up. Never who has just returned it."""
    if not leaf:
        return routing.Responsible(None)
    try:
        kind = catalogue.Catalogue.load().leaf(leaf).lead
    except KeyError:
        return routing.Responsible(None)
    found = routing.responsible(kind, ticket.area, on=timezone.localdate())
    if found.organisation is not None and found.organisation.pk == ticket.lead_id:
        return routing.Responsible(None, reason="returned")
    return found


def dispatch_form(ticket: Ticket, sent: Any = None) -> forms.DispatchForm:
    suggested = explain.suggested_leaves(ticket)
    leaf = suggested[0] if suggested else None
    likely = suggestion(ticket, leaf).organisation if sent is None else None
    return forms.DispatchForm(
        sent,
        organisations=list(queries.answering_for(ticket.area)),
        suggested=suggested,
        suggest_url=reverse("complaints:suggest", args=[ticket.number]),
        initial={"version": ticket.version, "leaf": leaf, "organisation": likely.pk if likely else None},
        auto_id="dispatch_%s",
    )


def offers(ticket: Ticket, possible: Sequence[str], steps: Mapping[str, forms.StepForm]) -> dict[str, Any]:
    """The main step, and the windows of the others: beside it and under “More”, each with its standard words."""
    standard = standard_words.offered(ticket, possible)
    windows = [
        {
            "id": action.replace("_", "-"),
            "action": action,
            "title": each.title,
            "button": each.button,
            "icon": each.icon,
            "word": each.word or each.title,
            "key": each.key,
            "danger": each.danger,
            "rare": each.rare,
            "url": reverse(f"complaints:{action}", args=[ticket.number]),
            "form": steps[action],
            "worded": action in Worded.values,
            "standard": standard.get(action, ()),
        }
        for action, each in WINDOWS.items()
        if action in possible
    ]
    main = next((action for action in MAIN if action in possible), "")
    if "reply_directly" in possible and ticket.why_here.get("action") in routing.ANSWERED_HERE:
        main = "reply_directly"
    rare = [window for window in windows if window["rare"]]
    return {"main": main, "windows": windows, "rare": rare, "standard_answers": standard.get(Worded.RESOLVE, ())}
