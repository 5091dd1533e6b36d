"""Projects, plans, suggestions and figures."""

from django.urls import URLPattern, path

from projects.api import plans, projects

HERE, MONTH = "compounds/<place:code>/", "compounds/<place:code>/plans/<month:month>/"
urlpatterns: list[URLPattern] = [
    path("matters/", projects.MattersView.as_view(), name="api_matters"),
    path("projects/", projects.ProjectsView.as_view(), name="api_projects"),
    path("projects/figures/", plans.FiguresView.as_view(), name="api_figures"),
    path("projects/<project:project>/", projects.ProjectView.as_view(), name="api_project"),
    path("projects/<project:project>/photos/<uuid:photo_id>/", projects.ProjectPhotoView.as_view(), name="api_project_photo"),
    *(
        path(f"projects/<project:project>/{name}/", step.as_view(), name=f"api_project_{name}")
        for name, step in projects.STEPS.items()
    ),
    path(f"{HERE}plans/", plans.PlansView.as_view(), name="api_plans"),
    path(f"{HERE}suggestions/", plans.SuggestionsView.as_view(), name="api_suggestions"),
    path(MONTH, plans.PlanView.as_view(), name="api_plan"),
    *(path(f"{MONTH}{name}/", step.as_view(), name=f"api_plan_{name}") for name, step in plans.STEPS.items()),
]
