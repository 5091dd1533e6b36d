"""Why a ticket is where it is, in sentences. Routing kept words, rule and record (`Ticket.why_here`); this says them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from complaints import catalogue, routing
from complaints.models import Ticket, TicketEvent
from complaints.states import TO_SORT, Confirmed, EventKind, State
from tenancy import areas

READ = frozenset({"keywords", "learned"})
"""Sources that read the text; the first stands on tickets routed before there was a learned model."""
MOST_PERCENT = 99
"""No reading of a text is shown as certain."""


@dataclass(frozen=True)
class Explanation:
    """`waiting` says why nobody has it yet (empty once dispatched); `sentences` what decided; `alternatives` are leaf codes.

    `ruleset` is the id of the version of routing rules that decided, 0 when none did.
    """

    waiting: str = ""
    sentences: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    ruleset: int = 0


def leaf_name(code: str) -> str:
    """The leaf's name in the reader's language; the code itself for one that has left the catalogue."""
    try:
        return _named(catalogue.Catalogue.load().leaf(code))
    except KeyError:
        return code


def department_name(code: str) -> str:
    try:
        return _named(catalogue.Catalogue.load().department(code))
    except KeyError:
        return code


def _named(row: catalogue.Leaf | catalogue.Department) -> str:
    return row.name_en if (get_language() or "").startswith("en") else row.name


def why_here(ticket: Ticket, why: dict[str, Any], events: Sequence[TicketEvent]) -> Explanation:
    """Read off `why`, what was kept when it was routed or dispatched as the reader may see it (`queries.why_shown`).

    `events` is the timeline, oldest first.
    """
    sentences = [*_rule(why), *_words(why), *_decision(why), *_confirmed(why)]
    alternatives = [code for code, _score in why.get("alternatives", []) if code != why.get("leaf")]
    if alternatives:
        sentences.append(
            gettext("Also thought of: %(leaves)s.") % {"leaves": _listed([leaf_name(code) for code in alternatives])}
        )
    ruleset = why.get("ruleset", 0) if why.get("source") == "rule" else 0
    return Explanation(_waiting(ticket, why, events), sentences, alternatives, ruleset)


def suggested_leaves(ticket: Ticket) -> list[str]:
    """Leaf codes for whoever dispatches, the best guess first."""
    why: dict[str, Any] = ticket.why_here
    known = {leaf.code for leaf in catalogue.Catalogue.load().leaves}
    guesses = [ticket.leaf_id, why.get("leaf"), *(code for code, _score in why.get("alternatives", []))]
    return [code for code in dict.fromkeys(guesses) if code in known]


def _rule(why: dict[str, Any]) -> list[str]:
    """The rule that decided, in words as it read then."""
    if why.get("source") != "rule":
        return []
    said, read = why.get("sentence") or {}, "en" if (get_language() or "").startswith("en") else "zh-hans"
    named = {"name": why.get("name", ""), "place": why.get("owner_name", ""), "version": why.get("version", 0)}
    return [
        gettext("The rule “%(name)s” decided (rules of %(place)s, version %(version)d).") % named,
        *filter(None, [said.get(read, "")]),
    ]


def _by_catalogue(why: dict[str, Any]) -> dict[str, Any]:
    """Leaf and leading kind that the catalogue named. A routing rule leaves its number there instead."""
    rule = why.get("rule")
    return rule if isinstance(rule, dict) else {}


def _words(why: dict[str, Any]) -> list[str]:
    words = [gettext("“%(word)s”") % {"word": word} for word in why.get("words", [])]
    guess = _by_catalogue(why).get("leaf") or (why.get("leaf") if why.get("source") in READ else None)
    if not words:
        return [gettext("No word of the catalogue occurs in the text.")] if why.get("source") in READ else []
    if not guess:
        return [gettext("Words that counted: %(words)s.") % {"words": _listed(words)}]
    return [
        gettext("The words %(words)s speak for “%(leaf)s” (confidence %(percent)d %%).")
        % {"words": _listed(words), "leaf": leaf_name(guess), "percent": min(round(100 * why.get("confidence", 0)), MOST_PERCENT)}
    ]


def _decision(why: dict[str, Any]) -> list[str]:
    record: dict[str, Any] = why.get("record") or {}
    if why.get("source") == "person":
        said = gettext("%(who)s decided: “%(leaf)s”, led by %(organisation)s.")
        return [said % {"who": why.get("by", ""), "leaf": leaf_name(why.get("leaf", "")), "organisation": record.get("name", "")}]
    if why.get("source") == "arbitration":
        said = gettext("%(who)s decided for the county desk: %(organisation)s leads, and nobody may return it.")
        return [said % {"who": why.get("by", ""), "organisation": record.get("name", "")}]
    sentences = []
    if rule := _by_catalogue(why):
        said = gettext("Catalogue: complaints of this kind are led by: %(kind)s.")
        sentences.append(said % {"kind": department_name(rule.get("lead", ""))})
    if record.get("kind") == "service":
        said = gettext("%(firm)s has served this compound since %(since)s and therefore answers.")
        sentences.append(said % {"firm": record.get("name", ""), "since": record.get("since", "")})
    elif record.get("kind") == "organisation":
        said = gettext("%(organisation)s is the nearest of its kind that answers for this place (%(level)s).")
        sentences.append(said % {"organisation": record.get("name", ""), "level": _level(record.get("place"))})
    return sentences


def _confirmed(why: dict[str, Any]) -> list[str]:
    """Who judged what it is about, and when. Kept without it for tickets of before."""
    said: dict[str, Any] = why.get("confirmed") or {}
    if not said:
        return []
    at = timezone.localtime(datetime.fromisoformat(said["at"]))
    named = {
        "who": said["by"],
        "when": f"{at:%Y-%m-%d %H:%M}",
        "leaf": leaf_name(said["leaf"]),
        "before": leaf_name(said["before"] or ""),
    }
    if said["corrected"]:
        return [gettext("%(who)s corrected the kind on %(when)s, from “%(before)s” to “%(leaf)s”.") % named]
    if said["how"] == Confirmed.ANSWERED:
        return [gettext("%(who)s answered it as “%(leaf)s” on %(when)s, which confirms the kind.") % named]
    return [gettext("%(who)s confirmed the kind “%(leaf)s” on %(when)s.") % named]


LAST_WORD = frozenset({EventKind.GIVEN_BACK, EventKind.TRIAGED, EventKind.RECALLED})
"""What says why a ticket waits."""


def _waiting(ticket: Ticket, why: dict[str, Any], events: Sequence[TicketEvent]) -> str:
    if ticket.state == State.SUBMITTED:
        return gettext("It has just come in and is being routed.")
    if ticket.state not in TO_SORT:
        return ""
    last = next((event for event in reversed(events) if event.kind in LAST_WORD), None)
    if last is not None and last.kind == EventKind.GIVEN_BACK:
        who = last.organisation.name if last.organisation else last.by.label
        return gettext("%(who)s returned it: %(reason)s") % {"who": who, "reason": last.text}
    return str(routing.REASONS.get(why.get("reason", ""), _("It waits for somebody to dispatch it.")))


def _level(place: object) -> str:
    try:
        return str(areas.level_of(int(str(place))).label)
    except ValueError:
        return "—"


def _listed(parts: Sequence[str]) -> str:
    return gettext(", ").join(parts)
