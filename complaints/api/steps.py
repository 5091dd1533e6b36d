"""The steps of a ticket's life: `POST tickets/{number}/<step>/`, each answering with the ticket.

Each class is described by its docstring; `post` therefore has none.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import queries
from complaints.actions import assists, extensions, merging, publishing, returns, splitting, talks, tickets, urging
from complaints.actions.splitting import Part
from complaints.api import shown
from complaints.api.serializers import (
    Arbitrated,
    AssistAnswered,
    AssistAsked,
    AssistEnded,
    Dispatched,
    Divided,
    ExtensionAsked,
    MaybeWorded,
    Merged,
    Rated,
    Reasoned,
    Recategorised,
    Resolved,
    ResolvedWithPhotos,
    Returned,
    Revealed,
    Seen,
    TicketFull,
    TicketPublished,
    Worded,
)
from complaints.models import Ticket
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


def step(summary: str, asks: Any, *, refuses: frozenset[int] = frozenset({404, 409, 429})) -> Callable[[V], V]:
    described = operation(TicketFull, summary=summary, asks=asks, refuses=refuses)
    return extend_schema_view(post=described)


class Step(View):
    """One step. `asks` reads the body, `take` calls the action."""

    asks: type[serializers.Serializer[Any]] = Seen

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        raise NotImplementedError

    def post(self, request: Request, number: str) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():
            queries.get(actor, number)  # what does not exist for the caller is 404, whatever the body
            raise serializers.ValidationError(asked.errors)
        return Response(shown.full(actor, self.take(number, asked.validated_data, actor)))


@step("Accept (签收)", Seen)
class Accept(Step):
    """The lead organisation takes it on. Of two who accept at once, one wins and the other gets 409 with who and when."""

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.accept(number, by=by, **given)


@step("Return (退单)", Returned)
class Return(Step):
    """Not ours, said within the time to accept, with a reason of the list and in words.

    The first return goes to the street's triage, the second to the county desk for arbitration; there is no third.
    """

    asks = Returned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return returns.give_back(number, by=by, **given)


@step(
    "Resolve (答复)",
    {"application/json": Resolved, "multipart/form-data": ResolvedWithPhotos},
    refuses=frozenset({404, 409, 429}),
)
class Resolve(Step):
    """What was done, with up to nine photos; the reporter is asked to rate it."""

    asks = ResolvedWithPhotos
    parser_classes = [JSONParser, MultiPartParser]

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        if given["photos"]:
            queries.get(by, number)  # decoding is dear: not for tickets that do not exist for the caller
        return tickets.resolve(number, by=by, **{**given, "photos": read_photos(given["photos"])})


@step("Dispatch (派单)", Dispatched)
class Dispatch(Step):
    """The street says what it is about and who leads. Due times start anew."""

    asks = Dispatched

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.dispatch(number, by=by, **given)


@step("Do not take up (不予受理)", Reasoned)
class Refuse(Step):
    """The street does not take it up, with a reason that the reporter reads."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.refuse(number, by=by, **given)


@step("Answer directly (直接答复)", Resolved)
class ReplyDirectly(Step):
    """The street answers thanks or a question itself; nothing is dispatched. The reporter may rate it."""

    asks = Resolved

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.reply_directly(number, by=by, **given)


@step("Rate (评价)", Rated)
class Rate(Step):
    """The reporter says whether it is put right, and how it was done.

    What is not put right goes to the next level up at once, the first time: the answer then shows it dispatched anew.
    """

    asks = Rated

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.rate(number, by=by, **given)


@step("Have it done again (重办)", Reasoned)
class Redo(Step):
    """The answer does not do: back to the same officer, with the reason and new due times."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.redo(number, by=by, **given)


@step("Close (办结)", Seen)
class Close(Step):
    """Nothing more is to come."""

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.close(number, by=by, **given)


@step("Withdraw (撤单)", Reasoned)
class Cancel(Step):
    """By the reporter, or by the street for a slip or a double; with a reason."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return tickets.cancel(number, by=by, **given)


@step("Make it public (公开)", TicketPublished)
class Publish(Step):
    """The residents of the compound may read it, in the wording given here and without who filed it.

    Once more changes the wording. What was filed in confidence stays so: 403.
    """

    asks = TicketPublished

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return publishing.publish(number, by=by, **given)


@step("Take it back from the public (撤回公开)", Reasoned)
class Unpublish(Step):
    """Neighbours see it no more; the reporter reads the reason."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return publishing.unpublish(number, by=by, **given)


@step("Ask another organisation to assist (协办)", AssistAsked)
class AskAssist(Step):
    """The street asks an organisation for its part; it sees the ticket from then on. A `required` part holds up the answer."""

    asks = AssistAsked

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return assists.ask(number, by=by, **given)


@step("Answer as an assisting organisation", AssistAnswered)
class AnswerAssist(Step):
    """What the assisting organisation found or did; the lead is told."""

    asks = AssistAnswered

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return assists.answer(number, by=by, **given)


@step("Take back what was asked of an assisting organisation", AssistEnded)
class EndAssist(Step):
    """With the reason. The organisation sees the ticket no more."""

    asks = AssistEnded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return assists.end(number, by=by, **given)


@step("Arbitrate (终审)", Arbitrated)
class Arbitrate(Step):
    """After the second return the county desk says who leads. It stands: nobody may return the ticket again."""

    asks = Arbitrated

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return returns.arbitrate(number, by=by, **given)


@step("Note the first contact (首次联系)", Worded)
class Contact(Step):
    """The lead reached the reporter; the words say how and what was agreed, and the reporter reads them."""

    asks = Worded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return talks.contact(number, by=by, **given)


@step("Note being on site (到场)", MaybeWorded)
class Arrive(Step):
    """Somebody of the lead is on site. Only where the ticket's urgency asks for it."""

    asks = MaybeWorded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return talks.arrive(number, by=by, **given)


@step("Ask the reporter", Worded)
class Ask(Step):
    """What is missing. The time to answer stands still until the reply, or until it is taken up again."""

    asks = Worded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return talks.ask(number, by=by, **given)


@step("Answer the question", Worded)
class Reply(Step):
    """By the reporter; the clock goes on."""

    asks = Worded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return talks.reply(number, by=by, **given)


@step("Take it up again", MaybeWorded)
class Resume(Step):
    """Without a written reply, for instance after a telephone call; the clock goes on."""

    asks = MaybeWorded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return talks.resume(number, by=by, **given)


@step("Ask for more time (延期)", ExtensionAsked)
class AskExtension(Step):
    """The lead asks before the deadline, with the reason; the dispatcher decides."""

    asks = ExtensionAsked

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return extensions.ask(number, by=by, **given)


@step("Grant more time", MaybeWorded)
class GrantExtension(Step):
    """The reporter is told the new date and the reason."""

    asks = MaybeWorded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return extensions.grant(number, by=by, **given)


@step("Refuse more time", Reasoned)
class RefuseExtension(Step):
    """The deadline stays; the lead is told why."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return extensions.refuse(number, by=by, **given)


@step("Change the kind (改类)", Recategorised)
class Recategorise(Step):
    """The same organisation leads; the new kind's times count from the same start and no pause is lost."""

    asks = Recategorised

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return urging.recategorise(number, by=by, **given)


@step("Urge on (催办)", Worded)
class Nudge(Step):
    """Whoever has it is told; the reporter does not see it."""

    asks = Worded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return urging.nudge(number, by=by, **given)


@step("Divide into parts (拆单)", Divided)
class Split(Step):
    """Each part becomes a ticket of its own, dispatched at once; the whole is answered after its parts."""

    asks = Divided

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        parts = [Part(**part) for part in given.pop("parts")]
        return splitting.split(number, by=by, parts=parts, **given)


@step("Merge with another ticket (并单)", Merged)
class Merge(Step):
    """Worked on together with the main ticket `into`: it gets the same answer, and is rated by itself."""

    asks = Merged

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return merging.merge(number, by=by, **given)


@step("Take out of what it is merged with", Reasoned)
class Unmerge(Step):
    """Back to who had it, with new times; to triage where nobody had it."""

    asks = Reasoned

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return merging.unmerge(number, by=by, **given)


@step("Place under supervision (督办)", Worded)
class Supervise(Step):
    """Marked as supervised in every list from now on; once more adds a further instruction."""

    asks = Worded

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return urging.supervise(number, by=by, **given)


@step("Look up the reporter", Revealed, refuses=frozenset({404, 429}))
class Reveal(Step):
    """The ticket with the reporter's full name and phone, and with the personal data in its words. Each look is recorded."""

    asks = Revealed

    def post(self, request: Request, number: str) -> Response:
        actor = actor_of(request)
        asked = Revealed(data=request.data)
        if not asked.is_valid():
            queries.get(actor, number)
            raise serializers.ValidationError(asked.errors)
        ticket = tickets.reveal(number, by=actor)
        whose = {"name": ticket.reporter_name, "phone": ticket.reporter_phone, "hidden": False}
        return Response({**shown.full(actor, ticket), "reporter": whose})


STEPS: dict[str, type[View]] = {
    "accept": Accept,
    "return": Return,
    "resolve": Resolve,
    "dispatch": Dispatch,
    "refuse": Refuse,
    "reply-directly": ReplyDirectly,
    "rate": Rate,
    "redo": Redo,
    "close": Close,
    "cancel": Cancel,
    "publish": Publish,
    "unpublish": Unpublish,
    "assist": AskAssist,
    "answer-assist": AnswerAssist,
    "end-assist": EndAssist,
    "arbitrate": Arbitrate,
    "contact": Contact,
    "arrive": Arrive,
    "ask": Ask,
    "reply": Reply,
    "resume": Resume,
    "ask-extension": AskExtension,
    "grant-extension": GrantExtension,
    "refuse-extension": RefuseExtension,
    "recategorise": Recategorise,
    "split": Split,
    "merge": Merge,
    "unmerge": Unmerge,
    "nudge": Nudge,
    "supervise": Supervise,
    "reveal": Reveal,
}
