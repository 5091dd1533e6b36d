"""The part of a visit's page that is about papers."""

from dataclasses import dataclass
from typing import Any

from django import forms

from enforcement import paper_queries as queries
from enforcement.forms.papers import IssueForm, VoidForm
from enforcement.models import Member, Paper, Visit
from enforcement.paper_permissions import may_void
from people.actors import Actor


@dataclass(frozen=True)
class TriedPaper:
    """A paper that could not be issued or voided, with the reason in its form; `code` is empty for one to be issued."""

    form: forms.Form
    code: str = ""
    problem: str = ""


def part(actor: Actor, visit: Visit, members: list[Member], tried: TriedPaper | None = None) -> dict[str, Any] | None:
    """What a visit's page says of papers: those the actor reads, and what the actor may issue. None: nothing."""
    issued = queries.of_visit(actor, visit)
    ready = queries.possible(actor, visit, members, issued)
    if not issued and not ready:
        return None
    return {
        "papers": [_row(actor, paper, tried) for paper in issued],
        "ready": [_ready(number, each) for number, each in enumerate(ready)],
        "problem": tried.problem if tried else "",
    }


def _row(actor: Actor, paper: Paper, tried: TriedPaper | None) -> dict[str, Any]:
    if paper.voided_at is not None or not may_void(actor, paper):
        return {"paper": paper, "form": None}
    meant = tried is not None and tried.code == paper.code
    return {"paper": paper, "form": tried.form if meant and tried else VoidForm(auto_id=f"void_{paper.pk}_%s"), "open": meant}


def _ready(number: int, each: queries.Possible) -> dict[str, Any]:
    said = {
        "organisation": each.member.organisation_id,
        "kind": each.kind,
        "finding": each.finding.number if each.finding else "",
    }
    return {"possible": each, "form": IssueForm(initial=said, auto_id=f"issue_{number}_%s")}
