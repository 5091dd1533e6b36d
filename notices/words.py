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
    "ticket_recalled": Words(
        _("%(number)s is not yours after all"), _("%(place)s: it was sent to you by a slip; the street office has taken it back.")
    ),
    "ticket_told_recalled": Words(
        _("%(number)s is at the street office again"), _("%(place)s: it is being passed to whoever must act.")
    ),
    "ticket_insisted": Words(
        _("%(number)s is yours after all"),
        _("%(place)s: the street office insists. Accept it by %(accept_due)s, or return it once more to the county desk."),
    ),
    "ticket_arbitration": Words(
        _("%(number)s waits for your decision"), _("%(place)s: it was returned twice. Say who leads; that stands.")
    ),
    "ticket_arbitrated": Words(
        _("%(number)s: the county desk has decided"), _("%(organisation)s leads. Accept it by %(accept_due)s.")
    ),
    "ticket_told_asked": Words(
        _("A question about %(number)s"), _("%(organisation)s needs something from you to go on. Please answer on the ticket.")
    ),
    "ticket_replied": Words(_("%(number)s: the reporter replied"), _("%(place)s: an answer is due by %(resolve_due)s.")),
    "ticket_not_replied": Words(
        _("%(number)s: no reply came"), _("%(place)s: go on with what there is. An answer is due by %(resolve_due)s.")
    ),
    "ticket_extension_asked": Words(
        _("%(number)s: more time is asked for"), _("%(place)s: %(organisation)s gives its reason on the ticket. Please decide.")
    ),
    "ticket_extended": Words(_("%(number)s: more time was granted"), _("%(place)s: an answer is due by %(resolve_due)s.")),
    "ticket_told_extended": Words(
        _("%(number)s takes longer"), _("An answer is now due by %(resolve_due)s. The reason is on the ticket.")
    ),
    "ticket_extension_refused": Words(
        _("%(number)s: no more time"), _("%(place)s: the answer stays due by %(resolve_due)s. The reason is on the ticket.")
    ),
    "ticket_recategorised": Words(
        _("%(number)s is about something else"), _("%(place)s: the street office changed its kind; look at the times.")
    ),
    "ticket_told_merged": Words(
        _("%(number)s is worked on together with the same report of a neighbour"),
        _("%(place)s: you get the answer here as soon as there is one, and rate it yourself."),
    ),
    "ticket_told_unmerged": Words(
        _("%(number)s is worked on by itself again"), _("%(place)s: it was taken out of what it was merged with.")
    ),
    "ticket_merged_away": Words(
        _("%(number)s is not yours any more"), _("%(place)s: it was merged with another ticket; %(organisation)s leads that.")
    ),
    "ticket_took_in": Words(
        _("Somebody else reported the same as %(number)s"),
        _("%(place)s: it was merged with your ticket. Your answer goes to everybody who reported it."),
    ),
    "ticket_let_go": Words(
        _("A report was taken out of %(number)s"), _("%(place)s: it is worked on by itself, or was withdrawn.")
    ),
    "ticket_unmerged": Words(
        _("%(number)s is yours again"), _("%(place)s: it was taken out of what it was merged with. Answer it by %(resolve_due)s.")
    ),
    "ticket_split": Words(
        _("%(number)s was divided into parts"), _("%(place)s: others answer the parts; the whole can be answered after them.")
    ),
    "ticket_told_split": Words(
        _("%(number)s was divided into parts"),
        _("%(place)s: each part has its own organisation; you follow them on this ticket."),
    ),
    "ticket_parts_done": Words(
        _("%(number)s: all parts are answered"), _("%(place)s: you can answer the whole now, by %(resolve_due)s.")
    ),
    "ticket_nudged": Words(_("You are urged on: %(number)s"), _("%(place)s: read on the ticket what is asked of you.")),
    "ticket_supervised": Words(_("%(number)s is under supervision"), _("%(place)s: the instruction is on the ticket.")),
    "ticket_warned": Words(_("%(number)s: a deadline is near"), _("%(place)s: look at what must be done by when.")),
    "ticket_late": Words(_("%(number)s is overdue"), _("%(place)s: a deadline has passed. Act now, or say why on the ticket.")),
    "ticket_escalated": Words(
        _("Escalated to you: %(number)s"), _("%(place)s: %(organisation)s is late. The ticket says since when and with what.")
    ),
    "ticket_deadlines_moved": Words(
        _("%(number)s: the deadline has moved"), _("The working calendar was revised. An answer is due by %(resolve_due)s.")
    ),
    "ticket_followed_accepted": Words(
        _("%(number)s, which you follow, is being worked on"), _("%(place)s: %(organisation)s has it.")
    ),
    "ticket_followed_resolved": Words(
        _("%(number)s, which you follow, is said to be done"),
        _("%(place)s: if it is not, tell the street office, or file a complaint."),
    ),
    "ticket_followed_ended": Words(_("%(number)s, which you follow, has ended"), _("%(place)s: nothing more is to come.")),
    "ticket_second": Words(
        _("%(number)s must be handled a second time"),
        _("%(place)s: the reporter says that it is not put right. Accept it by %(accept_due)s, answer by %(resolve_due)s."),
    ),
    "ticket_second_assist": Words(
        _("%(number)s went to the next level up"),
        _("%(place)s: the reporter is not satisfied; %(organisation)s leads now. Tell it what was done, and help."),
    ),
    "ticket_second_watched": Words(
        _("%(number)s is handled a second time"),
        _("%(place)s: %(organisation)s answers once more. Watch over it; an answer is due by %(resolve_due)s."),
    ),
    "ticket_told_second": Words(
        _("%(number)s is handled a second time"),
        _("You said that it is not put right. %(organisation)s answers for it now, by %(resolve_due)s."),
    ),
    "ticket_call_again": Words(
        _("%(number)s: please call the reporter"),
        _("%(place)s: it was handled a second time, and the reporter is still not satisfied. It is among the call-backs."),
    ),
    "ticket_told_rated_for": Words(
        _("%(number)s: what you said on the telephone"),
        _("The street office has written down your rating. If it is not what you said, tell the street office."),
    ),
    "ticket_redo": Words(_("%(number)s must be done again"), _("%(place)s: the reason is on the ticket.")),
    "ticket_rated": Words(_("%(number)s was rated"), _("%(place)s: see what the reporter says.")),
    "home_confirmed": Words(
        _("Your home in %(place)s is confirmed"),
        _("You now see what is public there, and can file for your home."),
    ),
    "home_refused": Words(_("Your home in %(place)s was not confirmed"), _("The reason given: %(reason)s")),
    "calendar_changed": Words(
        _("The working calendar of %(county)s has changed"),
        _("Version %(new)d is in force instead of version %(old)d. Where it comes from: %(source)s"),
    ),
    "rules_proposed": Words(
        _("Rules of %(place)s wait for a second person"),
        _("%(who)s proposes version %(version)d. Look at what it changes, and publish it or send it back."),
    ),
    "rules_published": Words(
        _("New routing rules in %(place)s"), _("%(who)s has published version %(version)d; it decides from now on.")
    ),
    "rules_set_aside": Words(
        _("A routing rule of %(place)s failed"),
        _("“%(name)s” in version %(version)d was set aside at once; tickets go on without it. Correct it in a new version."),
    ),
    "ticket_withdrawn": Words(_("%(number)s was withdrawn"), _("%(place)s: nothing more needs doing.")),
}


def add(kinds: dict[str, Words]) -> None:
    """What a higher floor says: it adds its own kinds when it starts, so that this floor need not know them."""
    KINDS.update(kinds)


def written(kind: str, facts: dict[str, Any], *, language: str) -> tuple[str, str]:
    """Subject and body in a language. An unknown kind raises KeyError: a notice without words is a mistake of ours."""
    words = KINDS[kind]
    with translation.override(language):
        return str(words.subject) % facts, str(words.body) % facts
