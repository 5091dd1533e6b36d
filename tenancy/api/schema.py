"""How operations are described: what is asked, what is answered, and every refusal that may come instead."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

F = TypeVar("F", bound=Callable[..., Any] | type[Any])
TYPES = ["validation_error", "client_error", "server_error"]
WHY: dict[int, str] = {
    400: "Something in the request must be put right; `attr` names it.",
    401: "It is not known who is asking: no token, one that does not count (any more), or a wrong password.",
    403: "Your role does not allow this, or the session's request came without its CSRF token.",
    404: "Absent, elsewhere, or not to be seen: one answer for all three.",
    406: "The `Accept` header asks for what this address does not give.",
    409: "It was changed in between (`changed` says by whom, when, and its version now), or its state does not allow it.",
    413: "More than this installation reads at once.",
    415: "The body has a type that is not read here.",
    422: "This Idempotency-Key was already used with another body.",
    429: "Too many requests; `Retry-After` says in how many seconds to come back.",
    503: "The database is busy. Try again.",
}
DONE = {200: "Done, or as asked for.", 201: "It has been made.", 204: "Done; nothing to show."}
ALWAYS = frozenset({503})


class Fault(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="For programs; stable.")
    detail = serializers.CharField(help_text="For people, in the language asked for (`Accept-Language: zh` or `en`).")
    attr = serializers.CharField(allow_null=True, help_text="The field, parameter or header concerned.")


class Refused(serializers.Serializer[Any]):
    """Why the request was not carried out."""

    type = serializers.ChoiceField(choices=TYPES)
    errors = Fault(many=True)  # type: ignore[assignment]  # a field of ours, whatever the serializer's own property


class Changed(serializers.Serializer[Any]):
    """Who was quicker."""

    by = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class Conflict(Refused):
    """Why the request does not fit the ticket's present state. `changed` comes with a stale version."""

    changed = Changed(required=False)


def refusals(codes: frozenset[int]) -> dict[int, OpenApiResponse]:
    return {code: OpenApiResponse(Conflict if code == 409 else Refused, description=WHY[code]) for code in sorted(codes)}


def operation(
    answers: Any,
    *,
    summary: str,
    asks: Any = None,
    query: type[serializers.Serializer[Any]] | None = None,
    status: int | tuple[int, str] = 200,
    refuses: frozenset[int] | set[int] = frozenset(),
    public: bool = False,
    binary: bool = False,
    headers: list[OpenApiParameter] | None = None,
    **more: Any,
) -> Callable[[F], F]:
    """Describe an operation. Answers of 401, 406 and 503, and what a body or a query brings with it, come by themselves."""
    code = status if isinstance(status, int) else status[0]
    codes = set(refuses) | ALWAYS | (set() if binary else {406})
    codes |= set() if public else {401, 403}
    codes |= {400, 413, 415} if asks is not None else set()
    codes |= {400} if query is not None else set()
    return extend_schema(
        summary=summary,
        request=asks,
        responses={status: OpenApiResponse(answers, description=DONE[code]), **refusals(frozenset(codes))},
        parameters=[*(headers or []), *([query] if query else [])],
        auth=[] if public else None,
        **more,
    )


class Schema(AutoSchema):
    """Path parameters as our converters read them."""

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        known = {
            "number": {"type": "string", "pattern": "^[0-9]{9}-[0-9]{4}-[0-9]{8}$", "example": "350505001-2611-48207315"},
            "code": {"type": "integer", "minimum": 10**14, "maximum": 10**15 - 1, "example": 350582003012017},
            "county": {"type": "integer", "minimum": 10**14, "maximum": 10**15 - 1, "example": 350582000000000},
            "photo_id": {"type": "string", "format": "uuid"},
            "notice_id": {"type": "string", "format": "uuid"},
            "claim_id": {"type": "integer", "minimum": 1},
            "ruleset_id": {"type": "integer", "minimum": 1},
            "run_id": {"type": "integer", "minimum": 1},
            "note_id": {"type": "integer", "minimum": 1},
            "call_back_id": {"type": "integer", "minimum": 1},
            "list_id": {"type": "integer", "minimum": 1},
            "saved_id": {"type": "integer", "minimum": 1},
            "posting_id": {"type": "integer", "minimum": 1},
            "objection_id": {"type": "integer", "minimum": 1},
            "item_code": {"type": "string", "pattern": "^[0-9A-Za-z]{1,10}$", "example": "E01"},
            "project": {"type": "string", "pattern": "^P[0-9]{9}-[0-9]{4}-[0-9]{6}$", "example": "P350505001-2611-482073"},
            "finding": {"type": "string", "pattern": "^F[0-9]{9}-[0-9]{4}-[0-9]{6}$", "example": "F350505001-2611-482073"},
            "visit": {"type": "string", "pattern": "^V[0-9]{9}-[0-9]{4}-[0-9]{6}$", "example": "V350505001-2611-482073"},
            "organisation_id": {"type": "integer", "minimum": 1},
            "certificate_id": {"type": "integer", "minimum": 1},
            "campaign_id": {"type": "integer", "minimum": 1},
            "paper": {"type": "string", "pattern": "^[2-9a-hjkmnp-z]{14}$", "example": "7hk2mpx4w9qdnt"},
            "meeting": {"type": "string", "pattern": "^M[0-9]{9}-[0-9]{4}-[0-9]{6}$", "example": "M350505001-2611-482073"},
            "decision_id": {"type": "integer", "minimum": 1},
            "referral_id": {"type": "integer", "minimum": 1},
            "consultation_id": {"type": "integer", "minimum": 1},
            "party_id": {"type": "integer", "minimum": 1},
            "month": {"type": "string", "pattern": "^2[0-9]{3}-(0[1-9]|1[0-2])$", "example": "2026-11"},
        }
        meaning = {
            "number": "The ticket's number.",
            "code": "The 15-digit place code of a compound.",
            "county": "The 15-digit code of a county or district.",
            "photo_id": "The photo's id.",
            "notice_id": "The notice's id.",
            "claim_id": "The claim's id.",
            "ruleset_id": "The id of a version of routing rules.",
            "run_id": "The replay's id.",
            "note_id": "The knowledge note's id.",
            "call_back_id": "The call-back's id.",
            "list_id": "The id of a version of a check list.",
            "saved_id": "The id of a saved list.",
            "posting_id": "The posting's id.",
            "objection_id": "The objection's id.",
            "item_code": "The item's code in its list.",
            "project": "The project's number.",
            "finding": "The finding's number.",
            "visit": "The joint visit's number.",
            "organisation_id": "The id of an organisation.",
            "certificate_id": "The id of an officer's certificate.",
            "campaign_id": "The id of a campaign.",
            "paper": "The code printed on a paper.",
            "meeting": "The meeting's number.",
            "decision_id": "The id of a decision of a meeting.",
            "referral_id": "The referral's id.",
            "consultation_id": "The id of a legal consultation.",
            "party_id": "The id of somebody whom it concerns.",
            "month": "The month.",
        }
        return [
            {"name": name, "in": "path", "required": True, "schema": known[name], "description": meaning[name]}
            for name in variables
        ]
