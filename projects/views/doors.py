"""Who gets to a project, a compound's plans and drafts at all: absent, elsewhere or hidden is the same 404."""

from datetime import date

from django.http import Http404

from communities import queries as communities
from communities.models import Compound
from people.http import HttpRequest
from projects import queries
from projects.models import MonthPlan, Project
from tenancy.refusals import NotThere


def project_or_404(request: HttpRequest, number: str) -> Project:
    try:
        return queries.get(request.actor, number)
    except NotThere as gone:
        raise Http404 from gone


def compound_or_404(request: HttpRequest, area: int) -> Compound:
    found = communities.visible_to(request.actor).filter(area=area).first()
    if found is None:
        raise Http404
    return found


def plan_or_404(request: HttpRequest, area: int, month: date) -> MonthPlan:
    try:
        return queries.plan(request.actor, area, month)
    except NotThere as gone:
        raise Http404 from gone
