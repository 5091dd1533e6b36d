"""Routes of practical projects and monthly plans."""

from django.urls import URLPattern, path

from projects.views import board, drafting, lists, plans, project, reports, steps

app_name = "projects"
ONE = "projects/<project:project>/"
HERE = "compounds/<place:area>/"
MONTH = "places/<place:area>/months/<month:month>/"
PLAN = f"{HERE}plans/<month:month>/"
urlpatterns: list[URLPattern] = [
    path("projects/", lists.projects, name="projects"),
    path("projects/board/", board.board, name="board"),
    path(f"{MONTH}report.docx", reports.report, {"form": "docx"}, name="report_docx"),
    path(f"{MONTH}report.xlsx", reports.report, {"form": "xlsx"}, name="report_xlsx"),
    path(ONE, project.project, name="project"),
    path(f"{ONE}photos/<uuid:photo_id>/", project.photo, name="photo"),
    path(f"{ONE}photos/<uuid:photo_id>/small/", project.photo, {"small": True}, name="small_photo"),
    *(path(f"{ONE}{name.replace('_', '-')}/", steps.step, {"action": name}, name=name) for name in steps.STEPS),
    path(f"{ONE}change/", drafting.change, name="change"),
    path(f"{HERE}projects/new/", drafting.draft, name="draft"),
    path(f"{HERE}suggestions/", drafting.hot, name="suggestions"),
    path(f"{HERE}plans/", plans.plans, name="plans"),
    path(f"{HERE}plans/open/", plans.open_month, name="open_month"),
    path(PLAN, plans.plan, name="plan"),
    *(path(f"{PLAN}{name.replace('_', '-')}/", plans.step, {"action": name}, name=f"plan_{name}") for name in plans.STEPS),
]
