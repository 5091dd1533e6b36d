"""Looking for tickets by number, words, pinyin or place."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api import shown
from complaints.api.serializers import TicketBrief
from complaints.searching import LONGEST_QUESTION, NUMBER, PLACE, TEXT, Question, search
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict


class SearchQuery(Strict):
    q = serializers.CharField(
        max_length=LONGEST_QUESTION,
        help_text="A number or its last 4 to 8 digits, Chinese words, initials or syllables of pinyin, a place; a space narrows.",
    )


class FoundTicket(TicketBrief):
    """A ticket that was found."""

    found_by = serializers.ChoiceField(choices=[NUMBER, PLACE, TEXT])


class TicketsFound(serializers.Serializer[Any]):
    results = FoundTicket(many=True)
    more = serializers.BooleanField(help_text="true: there may be older ones; narrow it.")


class SearchView(View):
    """The search."""

    @operation(TicketsFound, summary="Look for tickets", operation_id="tickets_search", query=SearchQuery)
    def get(self, request: Request) -> Response:
        """At most 50 of what the caller reads: by number first, then by place, then by words, the likelier and newer ones first.

        Words that are masked for the caller find nothing; names and phone numbers of reporters never do.
        """
        query = SearchQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        question = Question.read(query.validated_data["q"])
        if question.too_short:
            return Response({"results": [], "more": False})
        found = search(actor, question)
        results = [{**shown.brief(actor, hit.ticket), "found_by": hit.by} for hit in found.hits]
        return Response({"results": results, "more": found.more})
