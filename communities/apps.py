from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "communities"

    def ready(self) -> None:
        from communities.words import KINDS
        from notices import words

        words.add(KINDS)
