"""Projects and plans as the API shows them, to this reader."""

from typing import Any

from complaints.queries import visible_to as tickets_visible_to
from people.actors import Actor
from projects import permissions, priority, queries
from projects.actions.acceptance import counted
from projects.api import serializers as api
from projects.figures import Sums
from projects.models import Matter, MonthPlan, Project
from projects.suggestions import HotSpot

_PLAIN = ("text", "no_matter", "quantity", "achieved", "livelihood", "ground", "use", "decision", "decided_on", "round")
_WARRANTY = ("warranty_days", "warranty_until")


def matter(row: Matter) -> dict[str, Any]:
    names = ("code", "name", "problem", "measure", "unit", "leaves", "provenance")
    return {name: getattr(row, name) for name in names}


def brief(project: Project) -> dict[str, Any]:
    return {
        "number": project.number,
        "version": project.version,
        "state": project.state,
        "compound": project.area,
        "matter": project.matter_id,
        "title": project.title,
        "progress": project.progress,
        "ends_on": project.ends_on,
        "lead": project.lead.name,
        "budget_fen": project.budget_fen,
    }


def full(actor: Actor, project: Project) -> dict[str, Any]:
    """All of it that this reader may know."""
    inside = permissions.reads_inside(actor, project)
    origins = _origins(actor, project)
    yes, no = counted(project)
    asked = sum(origin["kind"] == "ticket" for origin in origins)
    found = {
        **brief(project),
        **{name: getattr(project, name) for name in (*_PLAIN, *_WARRANTY)},
        "building": project.building.name if project.building else None,
        "rank": priority.rank(livelihood=project.livelihood, ground=project.ground, use=project.use, asked=asked),
        "yes": yes,
        "no": no,
        "funding": list(project.funding.values("source", "amount_fen")),
        "quotes": list(project.quotes.values("supplier", "amount_fen", "chosen")) if inside else [],
        "milestones": list(project.milestones.values("position", "name", "weight", "percent")),
        "origins": origins,
        "photos": [{"id": each.photo_id, "stage": each.stage, "spot": each.spot} for each in project.photos.all()],
        "reports": list(project.reports.values("week", "percent", "text", "delay")),
        "timeline": [
            {"at": event.at, "kind": event.kind, "state": event.new_state, "version": event.version, "text": event.text}
            for event in project.events.all()
        ],
        "actions": permissions.possible_actions(actor, project),
    }
    return dict(api.ProjectFull(found).data)


def _origins(actor: Actor, project: Project) -> list[dict[str, Any]]:
    rows = list(project.origins.all())
    ids = [row.ticket_id for row in rows if row.ticket_id]
    seen = dict(tickets_visible_to(actor).filter(pk__in=ids).values_list("pk", "number")) if ids else {}
    return [{"kind": row.kind, "ticket": seen.get(row.ticket_id or 0), "words": row.words} for row in rows]


def plan_brief(plan: MonthPlan) -> dict[str, Any]:
    return {"compound": plan.area, "month": f"{plan.month:%Y-%m}", "version": plan.version, "state": plan.state}


def plan_full(actor: Actor, plan: MonthPlan) -> dict[str, Any]:
    items = [
        {
            "project": brief(item.project),
            "carried": item.carried_from_id is not None,
            "outcome": item.outcome,
            "reason": item.reason,
        }
        for item in queries.items(plan)
    ]
    found = {
        **plan_brief(plan),
        "fewer": plan.fewer,
        "remark": plan.remark,
        "review": plan.review,
        "agreed": sorted(queries.agreed(plan)),
        "needed": sorted(queries.sides_needed(plan.area)),
        "items": items,
        "actions": permissions.possible_plan_actions(actor, plan),
    }
    return dict(api.PlanFull(found).data)


def figures(area: int, month: str, found: Sums) -> dict[str, Any]:
    names = ("planned", "landed", "late", "silent", "budget_fen")
    numbers = {name: getattr(found, name) for name in names}
    return {"area": area, "month": month, **numbers, "landed_tenths_of_percent": found.tenths_of_percent}


def hot_spot(found: HotSpot) -> dict[str, Any]:
    return {
        "matter": matter(found.matter),
        "complaints": found.count,
        "open": found.open,
        "unsatisfied": found.unsatisfied,
        "tickets": [ticket.number for ticket in found.tickets],
    }
