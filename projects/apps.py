from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from communities import page_parts
        from notices import words
        from projects.views import plans
        from projects.words import KINDS

        words.add(KINDS)
        page_parts.add("projects/part_month.html", plans.part)
