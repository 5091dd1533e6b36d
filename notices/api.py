"""One's own notices through the API."""

from typing import Any
from uuid import UUID

from django.urls import URLPattern, path
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from notices import actions, queries
from notices.models import Notice
from notices.words import written
from people.api.requests import View, actor_of
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import Nothing


class NoticeShown(serializers.Serializer[Any]):
    """A message. `url` is the page it is about; `ticket` the number of the ticket, where it is about one."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    ticket = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticePage(serializers.Serializer[Any]):
    results = NoticeShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class NoticeQuery(keyset.PageQuery):
    unread = serializers.BooleanField(required=False, default=False, help_text="Only those not read yet.")


def shown(notice: Notice) -> dict[str, Any]:
    """A notice in words, in the language of the request."""
    subject, body = written(notice.kind, notice.facts, language=get_language() or "zh-hans")
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "subject": subject,
        "body": body,
        "ticket": notice.facts.get("number"),
        "url": notice.url,
        "made_at": notice.made_at,
        "read_at": notice.read_at,
    }


class NoticesView(View):
    """The bell."""

    @operation(NoticePage, summary="My notices", operation_id="notices_list", query=NoticeQuery)
    def get(self, request: Request) -> Response:
        """Newest first."""
        query = keyset.query_of(request, NoticeQuery)
        mine = queries.visible_to(actor_of(request))
        if query.pop("unread"):
            mine = mine.filter(read_at=None)
        found = keyset.page(request, mine, order=("-made_at", "-pk"), **query)
        results = [shown(notice) for notice in found.rows]
        return Response(NoticePage({"results": results, "next": found.next, "previous": found.previous}).data)


class ReadView(View):
    """Reading a notice."""

    @operation(NoticeShown, summary="Mark a notice as read", asks=Nothing, refuses={404, 429})
    def post(self, request: Request, notice_id: UUID) -> Response:
        """Answers with the notice. Reading it twice changes nothing."""
        Nothing(data=request.data).is_valid(raise_exception=True)
        notice = actions.read(str(notice_id), by=actor_of(request))
        notice.refresh_from_db()
        return Response(NoticeShown(shown(notice)).data)


urlpatterns: list[URLPattern] = [
    path("notices/", NoticesView.as_view(), name="api_notices"),
    path("notices/<uuid:notice_id>/read/", ReadView.as_view(), name="api_notice_read"),
]
