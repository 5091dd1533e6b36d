from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "enforcement"

    def ready(self) -> None:
        from communities import page_parts
        from complaints import case_parts
        from enforcement.views import advice, meetings, shown_lists, visit_parts
        from enforcement.words import KINDS
        from notices import words

        words.add(KINDS)
        page_parts.add("enforcement/part_check_list.html", shown_lists.part)
        page_parts.add("enforcement/part_visits.html", visit_parts.part)
        page_parts.add("enforcement/advice/part.html", advice.part)
        case_parts.add("enforcement/meetings/part_of_ticket.html", meetings.part)
