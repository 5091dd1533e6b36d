from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"

    def ready(self) -> None:
        from communities import page_parts
        from complaints.views import showing

        page_parts.add("complaints/part_public_tickets.html", showing.public_part)
