"""Where a ticket goes: leaf from the text, organisation from leaf and place. Reads only; `actions.routing` acts on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.queries import firm_serving
from complaints import catalogue, classify
from complaints.learning.texts import CONFIDENTIAL
from people.models import Organisation
from people.queries import narrowest

if TYPE_CHECKING:
    from complaints.learning.model import Model

MANAGED_BY_PERSON = {"HOTLINE"}
"""Kinds of organisation in the catalogue that mean: a person must decide."""
FIRM = "PM"

REASONS: dict[str, str | Promise] = {
    "unsure": _("The text does not say clearly enough what it is about."),
    "praise_record": _("It says thanks: it is recorded and passed on, not dispatched."),
    "redirect_legal": _("The matter is before a court, an arbitration or a review, which has its own lawful way."),
    "consult_reply": _("It asks a question: it is answered, not dispatched."),
    "person_decides": _("Complaints of this kind are dispatched by a person."),
    "no_firm": _("No property firm serves this compound today."),
    "no_organisation": _("No organisation is on record that answers for this kind of complaint here."),
    "recalled": _("It was dispatched by a slip and taken back."),
    "error": _("Routing failed; the record has the details."),
    "gave_up": _("Routing was tried several times and did not finish."),
}
ANSWERED_HERE = frozenset({"praise_record", "consult_reply"})
"""The street answers these itself."""
ANOTHER_WAY = frozenset({"praise_record", "redirect_legal", "consult_reply"})
"""What a text may ask for instead of being dispatched; until it is done, it waits with that reason."""


@dataclass(frozen=True)
class Responsible:
    """Who answers for a leaf in a place, and the record that says so."""

    organisation: Organisation | None
    record: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """What routing found. `organisation` None means triage, and `reason` (a key of REASONS) says why.

    `confidential`: it is, or may be, a complaint about an official, which only those who must read it may see.
    `urgency` (a level, empty: that of the leaf) and `assists` (kinds of organisation to be asked) come from a rule.
    """

    leaf: str | None
    organisation: Organisation | None
    emergency: bool
    reason: str
    why: dict[str, Any]
    confidential: bool = False
    urgency: str = ""
    assists: tuple[str, ...] = ()


def responsible(lead_kind: str, area: int, *, on: date) -> Responsible:
    """The organisation that leads: for a firm the one serving the compound that day, else the narrowest of its kind."""
    if lead_kind in MANAGED_BY_PERSON:
        return Responsible(None, reason="person_decides")
    if lead_kind == FIRM:
        service = firm_serving(area, on=on)
        if service is None:
            return Responsible(None, reason="no_firm")
        return Responsible(
            service.firm,
            {"kind": "service", "id": service.pk, "since": service.starts_on.isoformat(), "name": service.firm.name},
        )
    found = narrowest(lead_kind, area)
    if found is None:
        return Responsible(None, reason="no_organisation")
    return Responsible(found, {"kind": "organisation", "id": found.pk, "place": found.area, "name": found.name})


def is_emergency(text: str) -> bool:
    """Does the text report danger to life, so that the emergency number must be shown at once?"""
    return classify.is_emergency(text)


def decide(
    text: str,
    area: int,
    *,
    on: date,
    first: Callable[[classify.Decision], Decision | None] | None = None,
    model: "Model | None" = None,
) -> Decision:
    """Leaf by words and `model` (else the shipped one), organisation by leaf and place; unless `first` (the rules) decides."""
    known = catalogue.Catalogue.load()
    found = classify.classify(text, known, model)
    if first is not None and (ruled := first(found)) is not None:
        return ruled
    why: dict[str, Any] = {
        "source": "learned",
        "model": found.model,
        "catalogue": known.version,
        "action": found.action,
        "also": list(found.also),
        "leaf": found.leaf,
        "words": list(found.words),
        "confidence": round(found.confidence, 3),
        "alternatives": [[code, round(score, 3)] for code, score in found.alternatives[:3]],
    }
    official = found.action == CONFIDENTIAL
    if found.leaf is None or not found.automatic:
        return Decision(found.leaf, None, found.emergency, "unsure", {**why, "reason": "unsure"}, confidential=official)
    if found.action in ANOTHER_WAY:
        return Decision(found.leaf, None, found.emergency, found.action, {**why, "reason": found.action})
    leaf = _about_officials(known, found.leaf) if official else known.leaf(found.leaf)
    who = responsible(leaf.lead, area, on=on)
    why |= {"rule": {"leaf": leaf.code, "lead": leaf.lead}, "record": who.record, "reason": who.reason}
    return Decision(leaf.code, who.organisation, found.emergency or leaf.emergency, who.reason, why, confidential=official)


def _about_officials(known: catalogue.Catalogue, code: str) -> catalogue.Leaf:
    """The leaf of a complaint about an official, whatever was guessed: never to those complained of (信访工作条例 30, 46)."""
    guessed = known.leaf(code)
    return guessed if guessed.confidential else next(leaf for leaf in known.leaves if leaf.confidential)
