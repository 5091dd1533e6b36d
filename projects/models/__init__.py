"""Practical projects (实事项目), monthly plans, and what belongs to them."""

from projects.models.plans import Agreement, JobRun, MonthFigures, MonthPlan, PlanItem
from projects.models.progress import Milestone, ProjectPhoto, Verdict, WeekReport
from projects.models.projects import Funding, Matter, Origin, Project, ProjectEvent, Quote

__all__ = [
    "Agreement",
    "Funding",
    "JobRun",
    "Matter",
    "Milestone",
    "MonthFigures",
    "MonthPlan",
    "Origin",
    "PlanItem",
    "Project",
    "ProjectEvent",
    "ProjectPhoto",
    "Quote",
    "Verdict",
    "WeekReport",
]
