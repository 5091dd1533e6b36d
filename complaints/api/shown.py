"""Tickets as the API shows them. What a reader may know, `complaints.queries` and `complaints.permissions` say."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from complaints import abuse, explain, permissions, queries, reporting, timekeeping
from complaints.api.serializers import ClocksShown, TicketBrief, TicketFull
from complaints.models import Assist, ClockLine, Leaf, Ticket, TicketEvent, TicketPhoto
from complaints.states import State
from people.actors import Actor
from tenancy import clock

OTHER_NAMES = {"give_back": "return"}
"""Actions whose address has another name; in the others a line stands for the underscore."""

Json = dict[str, Any]


def _named(row: Any) -> Json | None:
    return {"id": row.pk, "name": row.name} if row is not None else None


def _leaf(leaf: Leaf | None) -> Json | None:
    return {"code": leaf.pk, "name": leaf.name} if leaf is not None else None


def _brief(ticket: Ticket, words: queries.Words) -> Json:
    taken = ("number", "state", "version", "channel", "filed_at", "emergency")
    dues = ("sort_due_at", "accept_due_at", "resolve_due_at", "paused_at")
    return {
        **{name: getattr(ticket, name) for name in (*taken, *dues)},
        "text": words.text,
        "abusive": words.abusive,
        "masked": words.masked,
        "spot": words.spot,
        "url": reverse("api_ticket", args=[ticket.number]),
        "compound": ticket.area,
        "compound_name": ticket.compound.name,
        "building": _named(ticket.building),
        "leaf": _leaf(ticket.leaf),
        "urgency": ticket.urgency_id,
        "lead": _named(ticket.lead),
    }


def brief(actor: Actor, ticket: Ticket) -> Json:
    """A ticket in a list, from `queries.marked`. Needs `compound`, `building`, `leaf` and `lead` loaded."""
    return dict(TicketBrief(_brief(ticket, queries.words_listed(actor, ticket))).data)


def full(actor: Actor, ticket: Ticket) -> Json:
    """A ticket as this reader may see it."""
    staff = queries.reads_as_staff(actor, ticket)
    taken = ("anonymous", "confidential", "public", "contact_due_at", "onsite_due_at")
    times = ("dispatched_at", "accepted_at", "resolved_at", "ended_at")
    words = queries.words_shown(actor, ticket)
    found = {
        **_brief(ticket, words),
        **{name: getattr(ticket, name) for name in (*taken, *times)},
        "home": _named(ticket.home) if queries.home_shown(actor, ticket) else None,
        "emergency_lines": [{"number": line.number, "whose": line.whose} for line in reporting.lines_for(ticket)],
        "assists": [_assist(assist, named=staff) for assist in queries.live_assists(ticket)],
        "whole": ticket.parent.number if ticket.parent and staff else None,
        "merged_into": into.number if staff and (into := queries.merged_into(ticket)) else None,
        "merged": [row.number for row in queries.merged_with(ticket)] if staff else [],
        "parts": [] if queries.reads_as_neighbour(actor, ticket) else [_part(part) for part in queries.parts_of(ticket)],
        "public_text": ticket.public_text if ticket.public else "",
        "answer": words.answer,
        "accepted_by": ticket.accepted_by.label if staff and ticket.accepted_by else None,
        "question": words.question,
        "extension": _extension(actor, ticket) if staff else None,
        "returns": ticket.returns if staff else None,
        "arbitrated": ticket.arbitrated if staff else None,
        "supervised_at": ticket.supervised_at if staff else None,
        "rating": None if queries.reads_as_neighbour(actor, ticket) else _rating(ticket, words),
        "second_handling": None if queries.reads_as_neighbour(actor, ticket) else _second(ticket),
        "reporter": queries.reporter_shown(actor, ticket),
        "why_here": queries.why_shown(actor, ticket) if staff else None,
        "also": [{"code": code, "name": explain.leaf_name(code)} for code in queries.also_about(ticket)] if staff else [],
        "timeline": [_event(event, named=staff) for event in queries.timeline(actor, ticket)],
        "photos": [_photo(ticket, row) for row in queries.photos(actor, ticket)],
        "possible_actions": steps(actor, ticket),
    }
    return dict(TicketFull(found).data)


def steps(actor: Actor, ticket: Ticket) -> list[str]:
    """The steps this actor may take now, named as in their addresses."""
    found = [OTHER_NAMES.get(name, name.replace("_", "-")) for name in permissions.possible_actions(actor, ticket)]
    return [*found, "reveal"] if permissions.may_reveal(actor, ticket) else found


def _extension(actor: Actor, ticket: Ticket) -> Json | None:
    """Read only where one can be: while the ticket is at work."""
    asked = queries.extension_asked(ticket) if ticket.state == State.ACCEPTED else None
    if asked is None:
        return None
    resolve = timekeeping.account(ticket, now=clock.now()).resolve
    until = timekeeping.with_more_days(resolve, asked.days) if resolve else None
    return {
        "days": asked.days,
        "reason": queries.as_read(actor, ticket, asked.reason),
        "asked_at": asked.asked_at,
        "asked_by": asked.asked_by.label,
        "until": until,
    }


def clocks(actor: Actor, ticket: Ticket) -> Json:
    """The clocks, whose time it was, and the ledger."""
    now = clock.now()
    kept = timekeeping.account(ticket, now=now)
    found = {
        "clocks": [_stand(each) for each in timekeeping.stands(ticket, kept, now=now)],
        "charges": [
            {
                "party": each.party,
                "organisation": {"id": each.organisation, "name": each.name} if each.organisation else None,
                "working_minutes": each.worked // timedelta(minutes=1),
                "wall_minutes": each.wall // timedelta(minutes=1),
            }
            for each in timekeeping.charges(kept)
        ],
        "ledger": [_line(actor, ticket, line) for line in kept.lines],
    }
    return dict(ClocksShown(found).data)


def _stand(stand: timekeeping.Stand) -> Json:
    paused = stand.kind == "paused"
    return {
        "clock": stand.clock,
        "state": stand.kind,
        "due_at": None if paused else stand.at,
        "paused_at": stand.at if paused else None,
    }


def _line(actor: Actor, ticket: Ticket, line: ClockLine) -> Json:
    return {
        "at": line.at,
        "clock": line.clock,
        "mark": line.mark,
        "party": line.party or None,
        "organisation": _named(line.organisation),
        "amount": line.amount,
        "unit": line.unit or None,
        "calendar": line.calendar,
        "by": None if line.by_id == ticket.reporter_id else line.by.label,
        "reason": queries.as_read(actor, ticket, line.reason),
    }


def _rating(ticket: Ticket, words: queries.Words) -> Json | None:
    if ticket.rated_at is None:
        return None
    said = {"text": words.rating_text, "abusive": abuse.abusive(words.rating_text)}
    kept = {name: getattr(ticket, name) for name in ("satisfied", "score", "result", "manner", "rated_at")}
    return {**kept, "reasons": ticket.rating_reasons, **said}


def _second(ticket: Ticket) -> Json | None:
    if ticket.second_at is None:
        return None
    return {"since": ticket.second_at, "organisation_before": _named(ticket.second_from), "level": ticket.second_level}


def _assist(assist: Assist, *, named: bool) -> Json:
    """What staff ask of each other stays with them; who helps, everybody may know."""
    return {
        "id": assist.pk if named else None,
        "organisation": _named(assist.organisation),
        "state": assist.state,
        "required": assist.required,
        "resolve_due_at": assist.resolve_due_at,
        "asked": assist.asked if named else "",
        "answer": assist.answer if named else "",
        "answered_at": assist.answered_at,
        "answered_by": assist.answered_by.label if named and assist.answered_by else None,
    }


def _part(part: Ticket) -> Json:
    return {
        "number": part.number,
        "state": part.state,
        "lead": _named(part.lead),
        "resolve_due_at": part.resolve_due_at,
    }


def _event(event: TicketEvent, *, named: bool) -> Json:
    return {
        "at": event.at,
        "kind": event.kind,
        "by": event.by.label if named and not event.by_reporter else None,
        "by_reporter": event.by_reporter,
        "organisation": _named(event.organisation),
        "old_state": event.old_state or None,
        "new_state": event.new_state,
        "version": event.version,
        "text": event.text,
        "abusive": abuse.abusive(event.text),
    }


def _photo(ticket: Ticket, row: TicketPhoto) -> Json:
    url = reverse("api_ticket_photo", args=[ticket.number, row.photo_id])
    return {
        "id": row.photo_id,
        "kind": row.kind,
        "url": url,
        "small_url": f"{url}?size=small",
        "width": row.photo.width,
        "height": row.photo.height,
    }
