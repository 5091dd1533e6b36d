"""What an officer carries on the phone, and how visits and their parts are told to programs: plain data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from communities import queries as communities
from enforcement import queries, risk, visit_queries
from enforcement.actions import field
from enforcement.models import Change, CheckItem, Finding, Line, Visit
from enforcement.risk import Facts
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import NotAllowed

Plain = dict[str, Any]
BRIEF = (
    "number",
    "area",
    "state",
    "kind",
    "version",
    "lead_id",
    "planned_on",
    "announced",
    "campaign_id",
    "started_at",
    "ended_at",
)


def full(actor: Actor, visit: Visit) -> Plain:
    """A visit with bureaus and items, as far as the actor reads them."""
    inside = visit_queries.works_with(actor, visit)
    told = {name: getattr(visit, name) if inside else "" for name in ("reason", "again", "why_not")}
    score = risk.score(Facts(**visit.grounds)) if inside and visit.grounds else None
    plain = {name: getattr(visit, name) for name in BRIEF}
    return {**plain, **told, "risk": score, "members": members(visit, inside), "lines": lines(visit) if inside else []}


def members(visit: Visit, inside: bool) -> list[Plain]:
    return [
        {
            "organisation": row.organisation_id,
            "name": row.organisation.name,
            "kind": row.kind_id,
            "state": row.state,
            "reason": row.reason if inside else "",
            "signed_at": row.signed_at,
            "words": row.words if inside else "",
            "officers": [
                {"name": each.user.label, "certificate": each.certificate.number, "valid_until": each.certificate.valid_until}
                for each in (row.officers.all() if inside else [])
            ],
        }
        for row in visit_queries.members(visit)
    ]


def lines(visit: Visit) -> list[Plain]:
    return [_line(row) for row in visit_queries.lines(visit)]


def _line(row: Line) -> Plain:
    plain = {name: getattr(row, name) for name in ("version", "result", "text", "conflict")}
    return {"id": row.pk, "organisation": row.member.organisation_id, "code": row.item.code, "name": row.item.name, **plain}


def sheet(actor: Actor, visit: Visit) -> Plain:
    """All that an officer of a visit needs without a signal. Raises NotAllowed for everybody else.

    Eight queries, and one more where two phones differ.
    """
    officer = visit.officers.filter(user_id=actor.id).select_related("member", "certificate").first()
    if officer is None:
        raise NotAllowed
    rows = visit_queries.lines(visit)
    items = {item.pk: item for item in queries.items(visit.check_list).filter(pk__in=[row.item_id for row in rows])}
    found: dict[int, list[Finding]] = {}
    for finding in Finding.objects.filter(visit=visit).order_by("pk"):
        found.setdefault(finding.line_id, []).append(finding)
    differing = field.conflicts(visit) if any(row.conflict for row in rows) else {}
    day = max(visit.planned_on, clock.today())
    mine = officer.member.organisation_id
    return {
        "number": visit.number,
        "state": visit.state,
        "version": visit.version,
        "place": visit.compound.name,
        "planned_on": visit.planned_on,
        "organisation": mine,
        "officer": actor.label,
        "certificate": officer.certificate.number,
        "sample": visit.check_list.sample,
        "present_role": visit.present_role,
        "present_name": visit.present_name,
        "buildings": [{"id": each.pk, "name": each.name} for each in communities.buildings(visit.area)],
        "bureaus": [{"id": row.organisation_id, "name": row.organisation.name} for row in visit_queries.bureaus_of(visit)],
        "lines": [
            {
                **_carried(row, items[row.item_id], found.get(row.pk, []), day, mine),
                "versions": _versions(differing.get(row.pk, [])),
            }
            for row in rows
        ],
    }


def _versions(said: Sequence[Change]) -> list[Plain]:
    """What the officers said last of an item on which they differ, each one's once."""
    last = {row.by_id: row for row in said}
    return [
        {
            "by": row.by.label,
            "made_at": row.made_at,
            "result": row.said.get("result", ""),
            "text": row.said.get("text", ""),
        }
        for row in last.values()
    ]


OF_ITEM = ("violation", "method", "severity", "on_spot", "days")
OF_FINDING = ("number", "state", "spot", "text", "party")


def _carried(row: Line, item: CheckItem, found: Sequence[Finding], day: date, mine: int) -> Plain:
    return {
        **_line(row),
        **{name: getattr(item, name) for name in OF_ITEM},
        "mine": row.member.organisation_id == mine,
        "bases": [{"name": basis.law.name, "articles": basis.articles} for basis in queries.bases_on(item, day)],
        "findings": [{"id": each.key, **{name: getattr(each, name) for name in OF_FINDING}} for each in found],
    }
