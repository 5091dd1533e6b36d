"""Referrals to the judge's workstation (法官工作站) through the API."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import counsel_queries as queries
from enforcement.actions import consents, referrals
from enforcement.actions.referrals import (
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_RESULT,
    LONGEST_SIDE,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
)
from enforcement.counsel_permissions import may_keep_referral, speaks_for_court
from enforcement.counsel_states import Consent, ReferralState, Way
from enforcement.models import Referral
from files import serving
from files.api import AsItIs, PhotoQuery, Upload
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation
from tenancy.api.serializers import Id, Nothing, Place, Strict, Text, Version
from tenancy.refusals import NotThere

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]
MOST_SHOWN = 100


class ReferralDrafted(Strict):
    """A dispute, in words that say nobody's name."""

    area = Place(help_text="The compound.")
    court = Id()
    subject = Text(longest=LONGEST_SUBJECT)
    text = Text(longest=LONGEST_TEXT)
    ticket = Text(longest=32, required=False, default="")


class PartyNamed(Strict):
    """Somebody whom it concerns; with `reporter` who filed the ticket."""

    version = Version()
    name = Text(longest=LONGEST_NAME)
    side = Text(longest=LONGEST_SIDE)
    phone = Text(longest=LONGEST_PHONE, required=False, default="")
    reporter = serializers.BooleanField(required=False, default=False)


class ReferralSeen(Strict):
    version = Version()


class ReferralText(Strict):
    version = Version()
    text = Text(longest=LONGEST_RESULT)


class ReferralSettled(ReferralText):
    agreed_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Of a mediation agreement.")


class ConsentOnPaper(Strict):
    said = serializers.ChoiceField(choices=[(each.value, each.label) for each in Consent if each != Consent.ASKED])
    said_on = serializers.DateField(help_text="The day on the paper.")
    photo = Upload(required=False, allow_null=True, default=None)


class ReferralShown(serializers.Serializer[Any]):
    """A referral."""

    id = serializers.IntegerField()
    area = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReferralState.choices)
    court = serializers.IntegerField(source="court_id")
    subject = serializers.CharField()
    text = serializers.CharField()
    result = serializers.CharField(allow_blank=True)
    agreed_on = serializers.DateField(allow_null=True)


class ConsentShown(serializers.Serializer[Any]):
    said = serializers.ChoiceField(choices=Consent.choices)
    way = serializers.ChoiceField(choices=Way.choices)
    said_on = serializers.DateField()
    photo = serializers.UUIDField(source="photo_id", allow_null=True)


class PartyShown(serializers.Serializer[Any]):
    """Somebody whom it concerns, with what they said."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    side = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    account = serializers.BooleanField(help_text="They say here whether they agree.")
    consent = serializers.ChoiceField(choices=Consent.choices)
    said = ConsentShown(many=True)


class ReferralFull(ReferralShown):
    confirm_until = serializers.DateField(allow_null=True, help_text="The last day to ask the court together to confirm.")
    own_consent = serializers.ChoiceField(choices=Consent.choices, allow_null=True)
    parties = PartyShown(many=True, help_text="For the street and the court; empty for those concerned.")


class ReferralsShown(serializers.Serializer[Any]):
    results = ReferralShown(many=True)


def full(actor: Actor, row: Referral) -> Given:
    inside = may_keep_referral(actor, row) or speaks_for_court(actor, row)
    own = queries.own_party(actor, row)
    said: dict[int, list[Any]] = {}
    for line in queries.lines(row) if inside else []:
        said.setdefault(line.party_id, []).append(line)
    parties = [
        {
            **{name: getattr(party, name) for name in ("id", "name", "side", "phone", "consent")},
            "account": party.user_id is not None,
            "said": said.get(party.pk, []),
        }
        for party in (queries.parties(row) if inside else [])
    ]
    return {
        **ReferralShown(row).data,
        "confirm_until": queries.confirm_until(row.agreed_on) if row.agreed_on else None,
        "own_consent": own.consent if own else None,
        "parties": PartyShown(parties, many=True).data,
    }


class ReferralsView(View):
    """The referrals that the caller may see."""

    @operation(ReferralsShown, summary="Referrals to the judge's workstation", operation_id="referrals_list")
    def get(self, request: Request) -> Response:
        """The newest hundred; a court sees those to which everybody concerned has consented."""
        rows = queries.visible_to(actor_of(request)).order_by("-pk")[:MOST_SHOWN]
        return Response({"results": ReferralShown(rows, many=True).data})

    @operation(ReferralFull, summary="Refer a dispute", asks=ReferralDrafted, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """By the street office. Nothing goes to the court before everybody concerned has consented."""
        asked = ReferralDrafted(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = actor_of(request)
        return Response(full(actor, referrals.draft(by=actor, **asked.validated_data)), status=201)


class ReferralView(View):
    """One referral."""

    @operation(ReferralFull, summary="A referral", refuses={404}, operation_id="referrals_get")
    def get(self, request: Request, referral_id: int) -> Response:
        """With whom it concerns, for the street and the court."""
        actor = actor_of(request)
        return Response(full(actor, queries.get(actor, referral_id)))


class PaperView(View):
    """The photo of a signed paper."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A paper", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, referral_id: int, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for the street, and for the court once it sees the referral."""
        query, actor = PhotoQuery(data=request.query_params.dict()), actor_of(request)
        row = queries.get(actor, referral_id)
        if not (may_keep_referral(actor, row) or speaks_for_court(actor, row)):
            raise NotThere
        query.is_valid(raise_exception=True)
        photo = queries.paper(row, photo_id).photo
        assert photo is not None  # it was found by it
        return serving.answer(photo, name=f"consent-{row.pk}", small=query.validated_data["size"] == "small")


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(ReferralFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class ReferralStep(View):
    """One step. `asks` reads the body, `act` is the action."""

    asks: type[serializers.Serializer[Any]]
    act: Callable[..., object]

    def post(self, request: Request, referral_id: int, **named: int) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        row = queries.get(actor, referral_id)  # what does not exist for the caller is 404, whatever the body
        if not asked.is_valid():
            if named:
                queries.party(row, named["party_id"])
            raise serializers.ValidationError(asked.errors)
        given = dict(asked.validated_data)
        if given.get("photo") is not None:
            (given["photo"],) = read_photos([given["photo"]])
        type(self).act(referral_id, *named.values(), by=actor, **given)
        return Response(full(actor, queries.get(actor, referral_id)))


@step("Name somebody whom it concerns", PartyNamed)
class AddParty(ReferralStep):
    """Before they are asked."""

    asks, act = PartyNamed, staticmethod(referrals.add_party)


@step("Take somebody out", ReferralSeen)
class RemoveParty(ReferralStep):
    """Before they are asked."""

    asks, act = ReferralSeen, staticmethod(referrals.remove_party)


@step("Ask everybody concerned", ReferralSeen)
class AskParties(ReferralStep):
    """Whoever has an account says here whether they agree."""

    asks, act = ReferralSeen, staticmethod(referrals.ask)


@step("Agree to a referral", Nothing)
class Agree(ReferralStep):
    """By somebody concerned."""

    asks, act = Nothing, staticmethod(consents.agree)


@step("Not agree to a referral", Nothing)
class Disagree(ReferralStep):
    """By somebody concerned; nothing is sent."""

    asks, act = Nothing, staticmethod(consents.refuse)


@step("Take consent back", Nothing)
class TakeBack(ReferralStep):
    """Until the court took it up; it does not see the referral any more."""

    asks, act = Nothing, staticmethod(consents.take_back)


@step("Keep a signed paper", ConsentOnPaper)
class OnPaper(ReferralStep):
    """With a photo of it."""

    asks, act = ConsentOnPaper, staticmethod(consents.on_paper)
    parser_classes = [JSONParser, MultiPartParser]


@step("Send a referral", ReferralSeen)
class SendReferral(ReferralStep):
    """When everybody concerned agrees."""

    asks, act = ReferralSeen, staticmethod(referrals.send)


@step("Withdraw a referral", ReferralText)
class WithdrawReferral(ReferralStep):
    """Before the court takes it up."""

    asks, act = ReferralText, staticmethod(referrals.withdraw)


@step("Take a referral up", ReferralSeen)
class TakeUp(ReferralStep):
    """By the court."""

    asks, act = ReferralSeen, staticmethod(referrals.take_up)


@step("Settle a referral", ReferralSettled)
class Settle(ReferralStep):
    """By the court."""

    asks, act = ReferralSettled, staticmethod(referrals.settle)


@step("Say that it could not be settled", ReferralText)
class GiveUp(ReferralStep):
    """By the court, with the way that is open."""

    asks, act = ReferralText, staticmethod(referrals.give_up)


STEPS: dict[str, type[ReferralStep]] = {
    "parties": AddParty,
    "ask": AskParties,
    "agree": Agree,
    "refuse": Disagree,
    "take-back": TakeBack,
    "send": SendReferral,
    "withdraw": WithdrawReferral,
    "take-up": TakeUp,
    "settle": Settle,
    "give-up": GiveUp,
}
PARTY_STEPS: dict[str, type[ReferralStep]] = {"on-paper": OnPaper, "remove": RemoveParty}
