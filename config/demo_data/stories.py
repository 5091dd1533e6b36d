"""What became of the filed complaints: each ticket goes a part of its way, by the hands of those who may."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from complaints.actions import assists, extensions, publishing, returns, talks, tickets, urging
from complaints.models import Assist, FilingKey, Ticket, TicketEvent
from complaints.prepared import Note, fitting
from complaints.queries import answering_for
from complaints.rating_states import SecondLevel
from complaints.states import AssistState, EventKind, State
from config.demo_data import answers
from config.demo_data.filings import KEY, Assignment, assignments
from config.demo_data.pictures import picture
from config.demo_data.places import compounds
from config.demo_data.world import Say
from people import actors
from people.actors import Actor
from people.models import Organisation, User
from people.queries import holders
from people.roles import HEADS, OF_AN_ORGANISATION, STREET, Role
from tenancy import scope
from tenancy.refusals import Refusal

T = TypeVar("T")
RATINGS = ("rate", "rate_badly")
SKIPPED = (*RATINGS, "publish")
"""A story goes on without these where nobody may take them."""
BY_LEAD = ("accept", "second", "resolve", "give_back", "contact", "ask", "ask_extension")
BY_CLERK = ("dispatch", "insist", "reply_directly", "refuse", "close", "grant_extension", "nudge", "assist", "publish")
BY_COUNTY = ("arbitrate", "supervise")
UNTOUCHED = (EventKind.FILED, EventKind.ROUTED, EventKind.TRIAGED)
# The steps of a story. The tickets of each lead organisation take them in turn, those of the first compound by themselves.
ROUTED: tuple[tuple[str, ...], ...] = (
    ("accept", "publish", "resolve", "rate", "close"),
    (),
    ("accept",),
    ("accept", "assist", "answer_assist", "resolve"),
    ("accept", "nudge", "contact", "ask"),
    ("cancel",),
    ("give_back", "insist", "give_back"),
    ("accept", "supervise", "contact", "ask_extension"),
    ("accept", "resolve", "rate_badly", "second", "resolve", "rate_badly"),
    ("give_back", "insist", "give_back", "arbitrate", "accept"),
    ("accept", "resolve", "redo"),
    ("accept", "assist", "contact", "ask_extension", "grant_extension"),
    ("accept", "resolve", "rate_badly"),
    ("give_back", "insist", "accept"),
    ("accept", "resolve", "rate"),
    ("give_back",),
    (),
    ("give_back", "dispatch"),
    ("accept", "nudge", "contact"),
    ("accept", "ask", "reply", "resolve"),
    ("accept", "resolve", "close"),
)
TRIAGED: tuple[tuple[str, ...], ...] = (
    ("dispatch", "accept", "resolve", "rate_badly"),
    (),
    ("dispatch",),
    ("dispatch", "accept"),
    ("dispatch", "give_back", "insist", "give_back", "arbitrate", "accept"),
    (),
    ("dispatch", "give_back", "insist", "accept", "contact"),
    ("dispatch", "accept", "resolve", "rate", "close"),
    ("dispatch", "give_back", "insist", "give_back"),
    ("dispatch", "accept", "nudge"),
)
EMERGENCY: tuple[tuple[str, ...], ...] = (
    ("accept", "resolve", "rate"),
    ("accept", "resolve"),
    ("accept", "resolve", "rate", "close"),
)


@dataclass
class Story:
    """One ticket on its way. Every step gives the ticket as the action left it."""

    ticket: Ticket
    plan: Assignment
    turn: int

    def reporter(self) -> Actor | None:
        """Whoever filed it for themselves: a person, or a visitor holding the slip; None for a caller or a patrol."""
        if self.ticket.reporter is not None:
            return actors.of_user(self.ticket.reporter)
        return actors.visitor("demo", tracking=self.ticket.number) if self.ticket.channel == "qr" else None

    def lead(self) -> Actor | None:
        """Somebody of the lead organisation here; None when the demo has nobody there."""
        if self.ticket.lead is None:
            return None
        roles = HEADS if self.ticket.second_level == SecondLevel.HEAD else OF_AN_ORGANISATION
        return _of(holders(roles, self.ticket.area, organisation=self.ticket.lead), self.turn)

    def clerk(self) -> Actor | None:
        """A clerk of the street; None for a complaint about an official, which the street does not see."""
        return None if self.ticket.restricted else _of(holders(STREET, self.ticket.area), 0)

    def target(self) -> Organisation:
        """Where a clerk sends it: the kind that a person named for this text, else the street office itself."""
        able = answering_for(self.ticket.area)
        named = able.filter(kind=self.plan.sample.department).exclude(kind="HOTLINE")
        there = [
            one
            for one in named
            if self.ticket.lead_id != one.pk and holders(OF_AN_ORGANISATION, self.ticket.area, organisation=one)
        ]
        return there[0] if there else able.filter(kind="ST").get()

    def step(self, name: str) -> bool:
        """Take one step; False when nobody of the demo can take it, so that the story ends here."""
        actor = self._who(name)
        if actor is None:
            return name in SKIPPED  # a caller rates nothing; the clerk closes all the same
        where = actor.scope if actor.is_person else scope.Scope(((self.ticket.area, self.ticket.area + 1),))
        with scope.limited_to(where):
            self.ticket = self._act(name, actor)
        return True

    def _who(self, name: str) -> Actor | None:
        if name == "second" and self.ticket.second_at is None:
            return None
        if name in BY_LEAD:
            return self.lead()
        if name in BY_CLERK:
            return None if name == "publish" and self.ticket.confidential else self.clerk()
        if name in BY_COUNTY:
            return None if self.ticket.restricted else _of(holders([Role.COUNTY_CLERK], self.ticket.area), 0)
        if name == "answer_assist":
            asked = self.assists().filter(state=AssistState.OPEN).select_related("organisation").first()
            return _of(holders(OF_AN_ORGANISATION, self.ticket.area, organisation=asked.organisation), 0) if asked else None
        if name == "reply":
            return self.reporter()
        return self.reporter() or (None if name in RATINGS else self.clerk())

    def _act(self, name: str, by: Actor) -> Ticket:
        number, version = self.ticket.number, self.ticket.version
        match name:
            case "accept" | "second":
                return tickets.accept(number, by=by, version=version)
            case "resolve":
                text = answers.answer(self.ticket.leaf_id or "10", self.turn)
                photos = [picture("done")] if self.turn % 3 == 0 else []
                return tickets.resolve(number, by=by, version=version, text=text, photos=photos)
            case "give_back":
                reason, words = _pick(answers.GIVEN_BACK, self.turn + self.ticket.returns)
                return returns.give_back(number, by=by, version=version, text=words, reason=reason)
            case "insist" | "arbitrate":
                return self._decide(name, by)
            case "dispatch":
                leaf, to = self.plan.sample.leaf, self.target()
                remark = _pick(answers.REMARKS, self.turn)
                return tickets.dispatch(number, by=by, version=version, leaf=leaf, organisation=to.pk, text=remark)
            case "reply_directly":
                note = self.note()
                return tickets.reply_directly(number, by=by, version=version, text=note.text if note else answers.answer("10", 0))
            case "refuse":
                return tickets.refuse(number, by=by, version=version, text=answers.REFUSED[self.plan.sample.id])
            case "rate":
                score, words = _pick(answers.GOOD, self.turn)
                return tickets.rate(number, by=by, version=version, satisfied=True, score=score, text=words)
            case "rate_badly":
                score, words = _pick(answers.BAD, self.turn)
                return tickets.rate(number, by=by, version=version, satisfied=False, score=score, text=words, reasons=answers.WHY)
            case "redo":
                return tickets.redo(number, by=by, version=version, text=_pick(answers.REDO, self.turn))
            case "cancel":
                return tickets.cancel(number, by=by, version=version, text=_pick(answers.CANCELLED, self.turn))
            case "close":
                return tickets.close(number, by=by, version=version)
        return self._later(name, by)

    def assists(self) -> QuerySet[Assist]:
        with scope.everything(reason="read what a ticket of the demo asks of others"):
            return Assist.objects.filter(ticket=self.ticket)

    def helper(self) -> Organisation:
        """Who is asked to help: the neighbourhood where it answers for the place, else the street's own office."""
        lead, asked = self.ticket.lead_id, self.assists().values("organisation")
        able = answering_for(self.ticket.area).exclude(Q(pk=lead) | Q(pk__in=asked))
        return able.filter(kind="CM").first() or able.filter(kind="ST").get()

    def note(self) -> Note | None:
        """The knowledge note with which the street would answer this ticket itself."""
        return fitting(self.ticket.why_here.get("action", ""), self.ticket.text, "reply_directly", area=self.ticket.area)

    def _decide(self, name: str, by: Actor) -> Ticket:
        """Whoever returned it leads after all."""
        number, version, leaf, lead = self.ticket.number, self.ticket.version, self.ticket.leaf_id, self.ticket.lead_id
        if leaf is None or lead is None:
            raise ValueError(f"{number} was led by nobody")
        if name == "insist":
            return tickets.dispatch(number, by=by, version=version, leaf=leaf, organisation=lead, text=answers.INSISTED)
        return returns.arbitrate(number, by=by, version=version, organisation=lead, text=answers.ARBITRATED)

    def _later(self, name: str, by: Actor) -> Ticket:
        """What may happen while somebody is at work."""
        number, version = self.ticket.number, self.ticket.version
        match name:
            case "contact":
                return talks.contact(number, by=by, version=version, text=_pick(answers.CONTACTED, self.turn))
            case "ask":
                return talks.ask(number, by=by, version=version, text=_pick(answers.ASKED, self.turn))
            case "reply":
                return talks.reply(number, by=by, version=version, text=_pick(answers.REPLIED, self.turn))
            case "ask_extension":
                days, words = _pick(answers.MORE_TIME, self.turn)
                return extensions.ask(number, by=by, version=version, days=days, text=words)
            case "grant_extension":
                return extensions.grant(number, by=by, version=version)
            case "nudge":
                return urging.nudge(number, by=by, version=version, text=answers.NUDGED)
            case "publish":
                return publishing.publish(number, by=by, version=version, text=self.ticket.text)
            case "assist":
                to, words = self.helper(), answers.ASKED_TO_HELP
                return assists.ask(number, by=by, version=version, organisation=to.pk, text=words, required=self.turn % 2 == 1)
            case "answer_assist":
                asked = self.assists().get(state=AssistState.OPEN)
                return assists.answer(number, by=by, version=version, assist=asked.pk, text=answers.HELPED)
            case "supervise":
                return urging.supervise(number, by=by, version=version, text=answers.SUPERVISED)
        raise ValueError(name)


def _pick(choices: Sequence[T], turn: int) -> T:
    return choices[turn % len(choices)]


def _of(people: Iterable[User], turn: int) -> Actor | None:
    found = list(people)
    return actors.of_user(found[turn % len(found)]) if found else None


def tell_all(say: Say) -> None:
    """Carry every untouched ticket as far as its story goes, each in one transaction. Doing it twice changes nothing."""
    with scope.everything(reason="carry the demo's tickets on their way"):
        rows = FilingKey.objects.filter(key__startswith=KEY).values_list("key", "ticket_id")
        ids = dict(rows)
    plans, first = list(assignments()), next(compounds())[-1].code
    turns: dict[tuple[object, ...], int] = {}
    for number, plan in enumerate(plans, 1):
        with transaction.atomic(), scope.everything(reason="carry one ticket of the demo on its way"):
            ticket = Ticket.objects.select_related("reporter", "lead").get(pk=ids[KEY + plan.sample.id])
            row = ticket.emergency, ticket.lead_id, ticket.area == first
            turn = turns[row] = turns.get(row, -1) + 1
            if not TicketEvent.objects.filter(ticket=ticket).exclude(kind__in=UNTOUCHED).exists():
                _tell(Story(ticket, plan, turn), say)
        if number % 20 == 0 or number == len(plans):
            say(f"complaints worked on: {number} of {len(plans)}")


def _tell(story: Story, say: Say) -> None:
    """A rule that has become stricter ends a story early; it must not take the demo with it."""
    for step in steps(story):
        try:
            if not story.step(step):
                return
        except Refusal as problem:
            say(f"{story.plan.sample.id} stays {story.ticket.state}: no {step}: {problem}")
            return


def steps(story: Story) -> Iterator[str]:
    """The steps of a story, by where routing left the ticket."""
    state, turn = story.ticket.state, story.turn
    if state == State.TRIAGE and story.plan.sample.id in answers.REFUSED:
        yield "refuse"
    elif state == State.TRIAGE and story.note() and turn % 3:
        yield from ("reply_directly", "rate")
    elif state == State.TRIAGE:
        yield from _pick(TRIAGED, turn)
    elif state == State.DISPATCHED:
        yield from _pick(EMERGENCY if story.ticket.emergency else ROUTED, turn)
