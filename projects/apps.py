from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from notices import words
        from projects.words import KINDS

        words.add(KINDS)
