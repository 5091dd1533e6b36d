"""What notices say: one subject and one body per kind, put into the reader's language when read or sent."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    subject: str | Promise
    body: str | Promise


KINDS: dict[str, Words] = {
    "ticket_filed": Words(_("We have your complaint %(number)s"), _("%(place)s: it is being passed to whoever must act.")),
    "ticket_emergency": Words(
        _("Emergency at %(place)s"), _("%(number)s was filed as an emergency. Look at it now; call those on duty.")
    ),
    "ticket_triage": Words(
        _("%(number)s waits for triage"),
        _("%(place)s: it could not be dispatched by itself. The reason is on the ticket."),
    ),
    "ticket_dispatched": Words(
        _("New ticket %(number)s"), _("%(place)s: accept it by %(accept_due)s, resolve it by %(resolve_due)s.")
    ),
    "ticket_told_dispatched": Words(
        _("%(number)s is with %(organisation)s"), _("%(place)s: an answer is due by %(resolve_due)s.")
    ),
    "ticket_told_accepted": Words(
        _("%(number)s was accepted"), _("%(organisation)s has taken it on. An answer is due by %(resolve_due)s.")
    ),
    "ticket_told_resolved": Words(
        _("%(number)s was answered"), _("%(organisation)s has answered. Please look and say whether it is put right.")
    ),
    "ticket_told_redone": Words(_("%(number)s is being done again"), _("%(organisation)s has been asked to do it again.")),
    "ticket_told_closed": Words(_("%(number)s is closed"), _("%(place)s: the ticket has ended.")),
    "ticket_told_cancelled": Words(_("%(number)s was withdrawn"), _("%(place)s: the reason is on the ticket.")),
    "ticket_told_refused": Words(_("%(number)s was not taken up"), _("%(place)s: the reason is on the ticket.")),
    "ticket_told_published": Words(
        _("%(number)s is public in your compound"),
        _("%(place)s: neighbours read a wording of the street office, without your name, home or photos. It is on the ticket."),
    ),
    "ticket_told_unpublished": Words(_("%(number)s is no longer public"), _("%(place)s: the reason is on the ticket.")),
    "ticket_assist_asked": Words(
        _("You are asked to assist with %(number)s"),
        _("%(place)s: what is asked of you is on the ticket; %(organisation)s leads."),
    ),
    "ticket_assisted": Words(_("%(number)s: %(assistant)s has given its part"), _("%(place)s: read it on the ticket.")),
    "ticket_assist_ended": Words(
        _("You need not assist with %(number)s any more"), _("%(place)s: the street office has taken its question back.")
    ),
    "ticket_redo": Words(_("%(number)s must be done again"), _("%(place)s: the reason is on the ticket.")),
    "ticket_rated": Words(_("%(number)s was rated"), _("%(place)s: see what the reporter says.")),
    "calendar_changed": Words(
        _("The working calendar of %(county)s has changed"),
        _("Version %(new)d is in force instead of version %(old)d. Where it comes from: %(source)s"),
    ),
    "home_confirmed": Words(
        _("Your home in %(place)s is confirmed"),
        _("You now see what is public there, and can file for your home."),
    ),
    "home_refused": Words(_("Your home in %(place)s was not confirmed"), _("The reason given: %(reason)s")),
    "ticket_withdrawn": Words(_("%(number)s was withdrawn"), _("%(place)s: nothing more needs doing.")),
}


def written(kind: str, facts: dict[str, Any], *, language: str) -> tuple[str, str]:
    """Subject and body in a language. An unknown kind raises KeyError: a notice without words is a mistake of ours."""
    words = KINDS[kind]
    with translation.override(language):
        return str(words.subject) % facts, str(words.body) % facts
