"""Claims of homes through the API: making and withdrawing one's own, and deciding those that wait."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities import actions, permissions, queries
from communities.actions.residencies import LONGEST_NAME, LONGEST_NOTE
from communities.models import ClaimState, Residency, ResidencyKind
from people.actors import Actor
from people.api.requests import View, actor_of
from people.queries import place_names
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import Id, Nothing, Place, Strict, Text
from tenancy.areas import Level
from tenancy.refusals import NotThere


class PlaceShown(serializers.Serializer[Any]):
    """A place by its public name."""

    code = serializers.IntegerField()
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)


class PlacePage(serializers.Serializer[Any]):
    results = PlaceShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class PlaceQuery(keyset.PageQuery):
    level = serializers.ChoiceField(choices=Level.choices, required=False, default=Level.COMPOUND)
    within = Place(required=False, help_text="Only places under this one.")
    q = serializers.CharField(required=False, max_length=60, help_text="Part of the name.")


class ClaimMade(Strict):
    """A claim: which home, in one's own words."""

    compound = Place(help_text="The 15-digit place code of the compound.")
    kind = serializers.ChoiceField(choices=ResidencyKind.choices)
    building = Text(longest=LONGEST_NAME)
    home_name = Text(longest=LONGEST_NAME)
    note = Text(longest=LONGEST_NOTE, required=False, default="")


class ClaimShown(serializers.Serializer[Any]):
    """One's own claim. `reason` is why it was refused."""

    id = serializers.IntegerField()
    compound = serializers.IntegerField()
    compound_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ResidencyKind.choices)
    building = serializers.CharField()
    home_name = serializers.CharField()
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=ClaimState.choices)
    reason = serializers.CharField()
    claimed_at = serializers.DateTimeField()


class ClaimList(serializers.Serializer[Any]):
    results = ClaimShown(many=True)


class ClaimWaiting(ClaimShown):
    """A claim with who makes it, for whoever decides."""

    person = serializers.CharField()
    phone = serializers.CharField()


class WaitingPage(serializers.Serializer[Any]):
    results = ClaimWaiting(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class ClaimVerified(Strict):
    """The home on record that is meant. Both are asked for where the claim was made in words."""

    building = Id(required=False)
    home_name = Text(longest=LONGEST_NAME, required=False, default="")
    add_missing = serializers.BooleanField(
        required=False, default=False, help_text="Put the home on record if the building lacks it; the street office only."
    )


class ClaimRefused(Strict):
    """Why not."""

    reason = Text(longest=LONGEST_NOTE)


def shown(rows: list[Residency]) -> list[dict[str, Any]]:
    """Claims in the form of the API."""
    names = place_names(row.area for row in rows)
    return [
        {
            "id": row.pk,
            "compound": row.area,
            "compound_name": names.get(row.area, ""),
            "kind": row.kind,
            "building": row.building_said or (row.home.building.name if row.home else ""),
            "home_name": row.home_said or (row.home.name if row.home else ""),
            "note": row.note,
            "state": row.state,
            "reason": row.refusal,
            "claimed_at": row.claimed_at,
        }
        for row in rows
    ]


def _waiting(rows: list[Residency]) -> list[dict[str, Any]]:
    people = [{"person": row.user.name, "phone": row.user.phone or ""} for row in rows]
    return [{**claim, **person} for claim, person in zip(shown(rows), people, strict=True)]


class PlacesView(View):
    """Public names of places."""

    @operation(PlacePage, summary="Places by name", operation_id="places_list", query=PlaceQuery)
    def get(self, request: Request) -> Response:
        """Counties, streets, neighbourhoods and compounds by their public names, in the order of their codes."""
        query = keyset.query_of(request, PlaceQuery)
        listed = queries.places(query.pop("level"), within=query.pop("within", None), words=query.pop("q", ""))
        found = keyset.page(request, listed, order=("code",), **query)
        return Response(PlacePage({"results": found.rows, "next": found.next, "previous": found.previous}).data)


class OwnClaimsView(View):
    """One's own claims."""

    throttle = "filing"

    @operation(ClaimList, summary="My claims of homes", operation_id="home_claims_list")
    def get(self, request: Request) -> Response:
        """Those that wait, were refused or withdrawn, newest first, at most 50. A confirmed home is among `my_homes`."""
        return Response(ClaimList({"results": shown(queries.claims_of(actor_of(request)))}).data)

    @operation(ClaimShown, summary="Claim a home", asks=ClaimMade, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """Say that one lives in or owns a home. It opens nothing until the street office or the property firm confirms it."""
        asked = ClaimMade(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        made = actions.claim_home(
            area=given["compound"],
            kind=given["kind"],
            building=given["building"],
            home=given["home_name"],
            note=given["note"],
            by=actor_of(request),
        )
        return Response(ClaimShown(shown([made])[0]).data, status=201)


class Withdraw(View):
    """Taking back a claim."""

    @operation(ClaimShown, summary="Withdraw my claim", asks=Nothing, refuses={404, 409, 429})
    def post(self, request: Request, claim_id: int) -> Response:
        """Only while it waits."""
        Nothing(data=request.data).is_valid(raise_exception=True)
        return Response(ClaimShown(shown([actions.withdraw_claim(claim_id, by=actor_of(request))])[0]).data)


class WaitingView(View):
    """Claims that wait for the caller."""

    @operation(WaitingPage, summary="Claims that wait for me", operation_id="home_claims_waiting_list", query=keyset.PageQuery)
    def get(self, request: Request) -> Response:
        """Of the caller's street or compounds, oldest first; empty for whoever decides nothing."""
        query = keyset.query_of(request, keyset.PageQuery)
        found = keyset.page(request, queries.claims_waiting(actor_of(request)), order=("pk",), **query)
        return Response(WaitingPage({"results": _waiting(found.rows), "next": found.next, "previous": found.previous}).data)


def _decidable(actor: Actor, claim_id: int) -> None:
    """What does not exist for the caller is 404, whatever the body."""
    if actor.roles.isdisjoint(permissions.VERIFYING):
        raise NotThere
    queries.claim_waiting(actor, claim_id)


class Verify(View):
    """Confirming a claim."""

    @operation(ClaimShown, summary="Confirm a claim", asks=ClaimVerified, refuses={404, 409, 429})
    def post(self, request: Request, claim_id: int) -> Response:
        """The person becomes a resident of the compound and is told."""
        _decidable(actor_of(request), claim_id)
        asked = ClaimVerified(data=request.data)
        asked.is_valid(raise_exception=True)
        done = actions.verify_residency(claim_id, by=actor_of(request), **asked.validated_data)
        return Response(ClaimShown(shown([done])[0]).data)


class Refuse(View):
    """Refusing a claim."""

    @operation(ClaimShown, summary="Refuse a claim", asks=ClaimRefused, refuses={404, 409, 429})
    def post(self, request: Request, claim_id: int) -> Response:
        """With a reason that the person reads."""
        _decidable(actor_of(request), claim_id)
        asked = ClaimRefused(data=request.data)
        asked.is_valid(raise_exception=True)
        done = actions.refuse_residency(claim_id, by=actor_of(request), reason=asked.validated_data["reason"])
        return Response(ClaimShown(shown([done])[0]).data)
