"""Every route, as every role, with ids of every place: what the answer is, and what it must not hold."""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.timezone import localdate

from audit.models import Entry
from communities import actions as communities
from communities.actions import postings
from communities.models import PostingPhoto
from communities.posting_states import PostingState
from complaints.actions import exchange, exports, extensions, open311, replays, saved_lists, talks
from complaints.actions.exchange_news import queue
from complaints.actions.filing import Filing
from complaints.models import (
    Alarm,
    Assist,
    CallBack,
    CallTry,
    FilingKey,
    Follow,
    InternalNote,
    Partner,
    PartnerCase,
    SeenNonce,
    Ticket,
    TicketPhoto,
)
from complaints.numbers import tracking_code
from complaints.rule_queries import rows_of
from complaints.states import Channel, State
from complaints.worklist import Filters
from enforcement import queries as check_queries
from enforcement.actions import campaigns, consents, paper_templates
from enforcement.actions.field import Taking, keep_photo, take
from enforcement.actions.visits import With
from enforcement.advice_states import ConsultationState
from enforcement.counsel_states import ReferralState
from enforcement.meeting_states import DecisionKind, MeetingState
from enforcement.models import Certificate, ConsentLine, Finding, FindingPhoto, MoreTime, ReferralParty
from enforcement.paper_kinds import PaperKind
from files.images import Photo
from notices.models import Notice
from people.actions import appointments, calendars
from people.actors import Actor, system
from people.models import Appointment
from people.office_calendars import OwnDay
from people.queries import counties_of
from people.roles import Role
from projects.models import ProjectPhoto
from tenancy import areas, clock, scope
from tenancy.checks import scoped_models
from tests.factories import projects
from tests.factories import visits as factory_of_visits
from tests.factories.advice import consultation
from tests.factories.checks import proposed as proposed_list
from tests.factories.checks import shown as shown_list
from tests.factories.meetings import decision, meeting
from tests.factories.notes import note
from tests.factories.papers import issue, ordered, template
from tests.factories.partners import connected, sealed
from tests.factories.postings import posting
from tests.factories.referrals import referral
from tests.factories.rules import draft, published, rule
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import CANARY, PLACES, World, mark

ABSENT = "absent"
EVERYWHERE = (*PLACES, ABSENT)


@dataclass(frozen=True)
class Route:
    """One named route; `parameters` are the names of the ids in its address."""

    name: str
    parameters: tuple[str, ...]


def routes(resolver: URLResolver | None = None, namespace: str = "", inherited: tuple[str, ...] = ()) -> Iterator[Route]:
    """All named routes of the house."""
    top = resolver or get_resolver()
    for pattern in top.url_patterns:
        parameters = (*inherited, *pattern.pattern.converters, *_named_groups(pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner, parameters)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"a route without a name: {pattern.pattern}"
            yield Route(namespace + pattern.name, parameters)


def _named_groups(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    regex = getattr(pattern.pattern, "_regex", None)
    return tuple(re.compile(regex).groupindex) if isinstance(regex, str) and not pattern.pattern.converters else ()


@dataclass
class Estate:
    """A ticket in every state, photos, notices and a project, in every place."""

    world: World
    numbers: dict[tuple[str, State], str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    project_photos: dict[str, str] = field(default_factory=dict)
    boards: dict[str, str] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)
    visit_photos: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    finding_photos: dict[str, str] = field(default_factory=dict)
    meetings: dict[tuple[str, bool], str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    actors: dict[Role, Actor] = field(default_factory=dict)
    untouched: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)


def small_photo() -> Photo:
    return Photo(body=b"\xff\xd8\xff\xd9", width=1, height=1, thumbnail=b"\xff\xd8\xff\xd9", sha256="0" * 64)


def _waiting(world: World, place: str) -> str:
    """A ticket for which more time was asked, and whose reporter was asked something; somebody was warned of its deadline."""
    row, manager = ticket(world, State.ACCEPTED, place=place), world.actor(Role.PROPERTY_MANAGER, place)
    with scope.place(PLACES[place]):
        row = extensions.ask(row.number, by=manager, version=row.version, days=2, text=f"备件在途{mark(place)}")
        row = talks.ask(row.number, by=manager, version=row.version, text=f"哪一部电梯？{mark(place)}")
        now = clock.now()
        Alarm.objects.create(area=row.area, ticket=row, clock="accept", step=1, due_at=now, raised_at=now)
    return row.number


def _put_aside(clerk: Actor, place: str) -> int:
    """A list of the desk that a street's office shares."""
    with scope.limited_to(clerk.scope):
        return saved_lists.save(f"列表{mark(place)}", "open", {}, share=True, by=clerk).pk


def _taken_out(clerk: Actor, place: str) -> int:
    """A list that this clerk took out; its name bears the mark."""
    with scope.limited_to(clerk.scope):
        row = exports.ask("open", Filters(), form="csv", described=f"列表{mark(place)}", address="", by=clerk)
    claimed = exports.claim(row.pk)
    assert claimed is not None
    exports.work(*claimed)
    return row.pk


def build(world: World) -> Estate:
    estate = Estate(world)
    for place, area in PLACES.items():
        for state in State:
            estate.numbers[place, state] = ticket(world, state, place=place, photos=[small_photo()]).number
        estate.waiting[place] = _waiting(world, place)
        with scope.place(area):
            dispatched = Ticket.objects.get(number=estate.numbers[place, State.DISPATCHED])
            estate.photos[place] = str(TicketPhoto.objects.get(ticket=dispatched).photo_id)
            reader = world.users[Role.PROPERTY_MANAGER, place]
            estate.notices[place] = str(
                Notice.objects.filter(user=reader, channel="bell").order_by("pk").values_list("pk", flat=True)[0]
            )
            lead = world.user(Role.DEPARTMENT_LEAD, place)
            Assist.objects.create(
                area=area, ticket=dispatched, organisation=world.bureau("MR", place), added_by=lead, asked=mark(place)
            )
            Follow.objects.create(area=area, ticket=dispatched, user=lead)
            InternalNote.objects.create(area=area, ticket=dispatched, made_by=lead, text=f"内部{mark(place)}")
            FilingKey.objects.create(area=area, holder=f"user:{lead.pk}", key=f"walk-{place}", body_sha256="", ticket=dispatched)
            communities.bind_official(world.compound(place), lead, kind="leader", by=system())
            estate.ids["entry_id"][place] = Entry.objects.order_by("pk").values_list("pk", flat=True)[0]
        manager = world.users[Role.PROPERTY_MANAGER, place]
        estate.ids["claim_id"][place] = communities.claim_home(
            area=area, kind="tenant", building=f"9号楼{mark(place)}", home="101", by=world.actor(Role.RESIDENT, place)
        ).pk
        estate.ids["appointment_id"][place] = Appointment.objects.get(user=manager).pk
        estate.ids["user_id"][place] = world.users[Role.PROPERTY_MANAGER, place]
        estate.ids["organisation_id"][place] = world.firms[place]
        session = UserSession.objects.create(
            user_id=world.users[Role.PROPERTY_MANAGER, place], ip="127.0.0.1", user_agent="", session_key=f"walk-{place}"
        )
        estate.ids["session_id"][place] = session.pk
        given = appointments.grant(world.user(Role.DEPARTMENT_LEAD, place), "watch_area", area=area, by=system())
        estate.ids["grant_id"][place] = given.pk
        estate.ids["holder_of_the_grant"][place] = world.users[Role.DEPARTMENT_LEAD, place]
        hung = posting(world, PostingState.UP, place=place)
        with scope.place(area):
            objected = postings.raise_objection(hung.pk, by=world.actor(Role.RESIDENT, place), text=f"有误{mark(place)}")
            estate.boards[place] = str(PostingPhoto.objects.get(posting=hung).photo_id)
        estate.ids["posting_id"][place], estate.ids["objection_id"][place] = hung.pk, objected.pk
        open311_of(estate, place)
        exchange_of(estate, place)
        estate.ids["export_id"][place] = _taken_out(world.actor(Role.STREET_CLERK, place), place)
        estate.ids["saved_id"][place] = _put_aside(world.actor(Role.STREET_CLERK, place), place)
        call_back_of(estate, place)
        meetings_of(estate, place)
        referrals_of(estate, place)
        consultations_of(estate, place)
        project = projects.whole(world, place, tickets=(estate.numbers[place, State.ACCEPTED],))
        estate.projects[place] = project.number
        with scope.place(area):
            estate.project_photos[place] = str(ProjectPhoto.objects.filter(project=project).order_by("pk")[0].photo_id)
    for place in ("own", "county"):
        typhoon = OwnDay(date(localdate().year, 7, 28), False, f"台风{mark(place)}")
        clerk = world.actor(Role.COUNTY_CLERK, place)
        hours = [(time(9), time(17))]
        calendars.publish(county=county_of(place), based_on=0, hours=hours, days=[typhoon], source=f"通知{mark(place)}", by=clerk)
    rules_of_every_place(estate)
    for place in PLACES:  # put up in every compound, before the next version is proposed
        estate.ids["shown_list_id"][place] = shown_list(world, place=place).check_list_id
        _visit(estate, place)
    for place in PLACES:
        county = "county" if place == "county" else "own"
        estate.ids["campaign_id"][place] = estate.ids["campaign_id"].get(county) or _campaign(world, county)
        estate.ids["certificate_id"][place] = Certificate.objects.filter(area=county_of(place)).order_by("pk")[0].pk
    lists = {county_of(place): proposed_list(world, place=place).pk for place in ("own", "county")}
    for place in PLACES:
        estate.ids["list_id"][place] = lists[county_of(place)]
        estate.ids["note_id"][place] = estate.ids["note_id"]["own"] if place == "sibling" else note(world, place=place).pk
    estate.actors = {role: world.actor(role) for role in Role}
    return estate


def _visit(estate: Estate, place: str) -> None:
    """A visit under way, with a finding, its photos, and more time asked for."""
    world, area = estate.world, PLACES[place]
    with scope.everything(reason="tests: a visit in every place"):
        along = (With("grid", f"网格员{mark(place)}"),)
        row = factory_of_visits.started(world, place=place, companions=along, again=f"再查{mark(place)}")
        line = factory_of_visits.lines(row, world, "UM", place)[0]
        officer, noted = factory_of_visits.officer(world, "UM", place=place), factory_of_visits.noted(line, place=place)
        said = factory_of_visits.said(line, text=f"记录{mark(place)}")
        taken = take(row.number, [said, noted], by=officer)
        assert {each.outcome for each in taken} == {"applied"}, taken
        photo, _again = keep_photo(row.number, Taking(uuid.uuid4(), clock.now(), line.pk, noted.key), small_photo(), by=officer)
        finding = Finding.objects.get(visit=row)
        FindingPhoto.objects.create(area=area, finding=finding, event=finding.events.get(), photo=photo.photo)
        MoreTime.objects.create(area=area, finding=finding, days=3, reason=f"延期{mark(place)}", asked_by_id=officer.id)
        under_order = ordered(row, world, place=place, party="shop", party_organisation_id=None, party_name=f"店{mark(place)}")
        estate.orders[place] = issue(row, world, PaperKind.ORDER, place=place, finding=under_order.number).code
        if place in ("own", "county"):
            brought = {"name": f"范本{mark(place)}.docx", "body": template("{{ number }}")}
            head = world.actor(Role.DEPARTMENT_LEAD, place)
            estate.ids["template_id"][place] = paper_templates.bring(world.bureaus["UM", place], "record", by=head, **brought).pk
        estate.ids["template_id"][place] = estate.ids["template_id"]["county" if place == "county" else "own"]
    estate.visits[place], estate.visit_photos[place] = row.number, str(photo.key)
    estate.findings[place], estate.finding_photos[place] = finding.number, str(photo.photo_id)


def _campaign(world: World, place: str) -> int:
    with scope.everything(reason="tests: a campaign in every county"):
        today = clock.today()
        row = campaigns.begin(
            area=county_of(place),
            name=f"清理{mark(place)}",
            reason=f"隐患{mark(place)}",
            items=["E41"],
            starts_on=today,
            ends_on=today,
            by=factory_of_visits.head(world, "FR", place),
        )
    return row.pk


def open311_of(estate: Estate, place: str) -> None:
    """A ticket that everybody may read, and one whose number is behind a token."""
    estate.requests[place] = ticket(estate.world, State.ACCEPTED, place=place, public=True).number
    estate.tokens[place] = f"1-walk-{place}"
    with scope.place(county_of(place)):
        open311.give_key(county=county_of(place), organisation=estate.world.bureaus["UM", place], by=system())
    with scope.place(PLACES[place]):
        behind = Ticket.objects.get(number=estate.numbers[place, State.DISPATCHED])
        used = {"holder": "session:open311-1", "key": estate.tokens[place], "body_sha256": ""}
        FilingKey.objects.create(area=behind.area, ticket=behind, **used)


NOBODY_LISTENS = "http://127.0.0.1:9/"


def exchange_of(estate: Estate, place: str) -> None:
    """A system of the county, a case that it handed over, and a message to it that waits."""
    with scope.place(county_of(place)), override_settings(MULIN_EXCHANGE_HOSTS=[urlsplit(NOBODY_LISTENS).netloc]):
        partner = Partner.objects.order_by("pk").first()
        partner = partner or connected(estate.world, place=place, name=f"平台{mark(place)}", url=NOBODY_LISTENS)[0]
        estate.ids["partner_id"][place] = estate.ids["partner"][place] = partner.pk
        handed = Filing(compound=PLACES[place], text=LIFT_BROKEN + mark(place), channel=Channel.PARTNER)
        row = exchange.take_case(partner, f"case-{place}", handed).ticket
        queue(PartnerCase.objects.get(ticket=row), row)
        SeenNonce.objects.create(area=partner.area, partner=partner.pk, nonce=f"walk-{place}")


def call_back_of(estate: Estate, place: str) -> None:
    """An answer that nobody rated; somebody was called and did not answer."""
    with scope.place(PLACES[place]):
        row = Ticket.objects.get(number=estate.numbers[place, State.RESOLVED])
        asked = CallBack.objects.create(
            area=row.area, ticket=row, reason="silent", answered_at=row.resolved_at, due_on=localdate() + timedelta(days=3)
        )
        said = {"outcome": "lost", "text": f"无人接听{mark(place)}", "at": clock.now() - timedelta(hours=3)}
        CallTry.objects.create(area=row.area, call_back=asked, by=estate.world.user(Role.STREET_CLERK, place), **said)
    estate.ids["call_back_id"][place] = asked.pk


def meetings_of(estate: Estate, place: str) -> None:
    """A meeting that is called and talks about a ticket, and one that was held and decided something."""
    world = estate.world
    topic = estate.numbers[place, State.ACCEPTED]
    estate.meetings[place, False] = meeting(world, place=place, topics=[topic]).number
    held = meeting(world, MeetingState.HELD, place=place, role=Role.DEPARTMENT_LEAD)
    estate.meetings[place, True] = held.number
    told = {"role": Role.DEPARTMENT_LEAD, "organisation": world.firms[place]}
    estate.ids["decision_id"][place] = decision(world, held, place=place, **told).pk
    estate.ids["to_file"][place] = decision(world, held, DecisionKind.TICKET, place=place, **told).pk


def referrals_of(estate: Estate, place: str) -> None:
    """A referral that is drafted and one whose parties are being asked, one of them on paper."""
    world = estate.world
    for name, state in (("drafted", ReferralState.DRAFTED), ("waiting", ReferralState.WAITING)):
        row = referral(world, state, place=place)
        with scope.place(PLACES[place]):
            party = ReferralParty.objects.get(referral=row, user=None)
        estate.ids[f"{name}_referral"][place], estate.ids[f"{name}_party"][place] = row.pk, party.pk
    with scope.place(PLACES[place]):
        said = {"said": "given", "said_on": localdate(), "photo": small_photo()}
        consents.on_paper(row.pk, party.pk, by=world.actor(Role.STREET_CLERK, place), **said)
        estate.papers[place] = str(ConsentLine.objects.get(party=party).photo_id)


def consultations_of(estate: Estate, place: str) -> None:
    """A question of law that waits, and one that is answered, both shared with the street."""
    for name, state in (("waiting", ConsultationState.WAITING), ("answered", ConsultationState.ANSWERED)):
        row = consultation(estate.world, state, place=place, shared=True)
        estate.ids[f"{name}_consultation"][place] = row.pk


def rules_of_every_place(estate: Estate) -> None:
    """Per street a published set of routing rules, a draft with one rule, and a replay of it."""
    world = estate.world
    for place in PLACES:
        if place == "sibling":  # the same street
            for table in ("ruleset_id", "other_id", "rule_id", "run_id"):
                estate.ids[table][place] = estate.ids[table]["own"]
            continue
        live = published(world, place=place)
        prepared = draft(world, rule(world, "草稿", place=place), place=place)
        with scope.place(prepared.area):
            run = replays.start(prepared.pk, n=50, by=world.actor(Role.STREET_CLERK, place))
        estate.ids["ruleset_id"][place], estate.ids["other_id"][place] = prepared.pk, live.pk
        estate.ids["rule_id"][place], estate.ids["run_id"][place] = rows_of(prepared)[0].pk, run.pk


def values(estate: Estate, route: Route, place: str) -> dict[str, Any]:
    """The ids that a route's address takes, of one place (or of none: `absent`). An unknown parameter fails loudly."""
    found: dict[str, Any] = {}
    for parameter in route.parameters:
        found[parameter] = _value(estate, route, parameter, place)
    return found


BEFORE_ASKING = ("referral_add_party", "referral_remove_party", "referral_ask", "referral_parties", "referral_remove")
"""Steps on a referral before anybody was asked."""
ONCE_ANSWERED = ("consultation_rate", "consultation_ask_further", "consultation_ask-further", "consultation_paper")
"""What can be done with a consultation that has an answer."""
BEFORE_IT = ("meeting_move", "meeting_cancel", "meeting_hold")
"""Steps on a meeting that has not been held."""
STATE_FOR = {"dispatch": State.TRIAGE, "refuse": State.TRIAGE, "resolve": State.ACCEPTED, "rate": State.RESOLVED}
STATE_FOR |= {"arbitrate": State.ARBITRATION, "times": State.ACCEPTED, "recategorise": State.ACCEPTED}
STATE_FOR |= dict.fromkeys(
    ["contact", "arrive", "ask", "draft", "preview", "ask_extension", "nudge", "supervise", "clocks"], State.ACCEPTED
)
STATE_FOR["reply_directly"] = State.TRIAGE
WAITING = {"reply", "resume", "grant_extension", "refuse_extension"}
"""Steps on the ticket on which the reporter was asked and more time is wanted."""
STATE_FOR |= {"redo": State.RESOLVED, "close": State.RATED, "suggest": State.TRIAGE, "reveal": State.ACCEPTED}
UNKNOWN_ID = 10**9


def _value(estate: Estate, route: Route, parameter: str, place: str) -> Any:
    action = route.name.rsplit(":", 1)[-1].removeprefix("api_ticket_").removeprefix("track_").replace("-", "_")
    gone = place == ABSENT
    match parameter:
        case "action":
            return "ask"
        case "number" if action in WAITING and not gone:
            return estate.waiting[place]
        case "number":
            state = STATE_FOR.get(action, State.DISPATCHED)
            return "350582001-2611-99999999" if gone else estate.numbers[place, state]
        case "visit":
            return "V350582001-2611-999999" if gone else estate.visits[place]
        case "finding":
            return "F350582001-2611-999999" if gone else estate.findings[place]
        case "photo_id" if "finding" in route.parameters:
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.finding_photos[place])
        case "paper":
            return "22222222222222" if gone else estate.orders[place]
        case "kind" if route.name.startswith("enforcement:paper_templates"):
            return "record"
        case "year" if route.name == "enforcement:paper_register":
            return localdate().year
        case "organisation_id" if "visit" in route.parameters or route.name.startswith("enforcement:paper_"):
            return UNKNOWN_ID if gone else estate.world.bureaus["UM", place]
        case "photo_id" if "visit" in route.parameters:
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.visit_photos[place])
        case "referral_id" | "party_id":
            which = "drafted" if route.name.endswith(BEFORE_ASKING) else "waiting"
            return UNKNOWN_ID if gone else estate.ids[f"{which}_{parameter.removesuffix('_id')}"][place]
        case "consultation_id":
            which = "answered" if route.name.endswith(ONCE_ANSWERED) else "waiting"
            return UNKNOWN_ID if gone else estate.ids[f"{which}_consultation"][place]
        case "meeting":
            return "M350582001-2611-999999" if gone else estate.meetings[place, not route.name.endswith(BEFORE_IT)]
        case "request_id":
            return "350582001-2611-99999999" if gone else estate.requests[place]
        case "county" if route.name == "exchange":
            return 350581 if gone else county_of(place) // 10**9
        case "token":
            return "1-walk-none" if gone else estate.tokens[place]
        case "service_code":
            return "9999" if gone else "0202"
        case "project":
            return "P350582001-2611-999999" if gone else estate.projects[place]
        case "month":
            return projects.this_month()
        case "area" if route.name in COUNTY_PAGES:
            return 350583 * 10**9 if gone else county_of(place)
        case "area":
            return 350582_001_001_999 if gone else PLACES[place]
        case "list_id" if route.name in SHOWN_PAGES:
            return UNKNOWN_ID if gone else estate.ids["shown_list_id"][place]
        case "item_code":
            return "E01"
        case "county":
            return 350583 * 10**9 if gone else county_of(place)
        case "place" | "code" if parameter == "place" or route.name.startswith("api_"):
            return 350582_001_001_999 if gone else PLACES[place]
        case "code":  # the right code for one's own slip only: who holds a foreign slip may follow it
            here = STATE_FOR.get(action, State.DISPATCHED)
            number = estate.waiting["own"] if action in WAITING else estate.numbers["own", here]
            return tracking_code(number)
        case "photo_id" if "referral" in route.name:
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.papers[place])
        case "photo_id" if "posting" in route.name:
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.boards[place])
        case "photo_id" if route.name.startswith(("projects:", "api_project")):
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.project_photos[place])
        case "photo_id" | "photo":
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.photos[place])
        case "owner":
            return 350582_009_000_000 if gone else areas.ancestor(PLACES[place], areas.Level.STREET)
        case "notice_id" | "notice":
            return uuid.UUID(int=0) if gone else uuid.UUID(estate.notices[place])
        case _:
            parameter = "to_file" if route.name.endswith(("decision_file_ticket", "decision_file-ticket")) else parameter
            whose = "holder_of_the_grant" if route.name == "people:take_back" and parameter == "user_id" else parameter
            table = estate.ids.get(whose)
            assert table is not None, f"teach the walker the parameter {parameter!r} of {route.name}"
            return UNKNOWN_ID if gone else table[place]


PEOPLE_ROUTES = ("people:",)


CALENDAR_ROUTES = ("calendars:", "api_calendar")
COUNTY_PAGES = ("enforcement:check_list_draft", "enforcement:check_list_import", "enforcement:campaign_begin")
CHECK_ROUTES = (
    "enforcement:check_",
    "api_check_",
    "enforcement:certificate",
    "enforcement:campaign",
    "enforcement:paper_register",
    "enforcement:paper_templates",
)
"""A county's list, campaigns, certificates, templates and registers are of the whole county, so all its places have the same."""
SHOWN_PAGES = (
    "enforcement:board",
    "enforcement:check_list_compounds",
    "enforcement:check_list_compounds_sheet",
    "api_check_list_compounds",
)
"""Pages on where the list in force hangs; the others get one that waits to be published."""
NOTE_ROUTES = ("complaints:note", "api_note")
"""A street's notes are read by the staff of all its compounds, so own and sibling have the same."""


def county_of(place: str) -> int:
    return areas.ancestor(PLACES[place], areas.Level.COUNTY)


def may_know(estate: Estate, role: Role | None, place: str, route: Route) -> bool:
    """Does the place lie within what this role looks after?"""
    if route.name.startswith("complaints:track") and place == "own":
        return True  # the walk holds the slip of one ticket at home, whoever it is
    if route.name.startswith("open311:"):
        return place != ABSENT and county_of(place) == county_of("own")
    if route.name == "exchange":  # the walk holds the secret of the county's system at home, whoever it is
        return place != ABSENT and county_of(place) == county_of("own")
    if role is None or place == ABSENT:
        return False
    actor = estate.actors[role]
    if route.name.startswith(NOTE_ROUTES) and place == "sibling":
        place = "own"
    if route.name.startswith(CHECK_ROUTES):
        return county_of(place) in {county.code for county in check_queries.counties(actor)}
    if route.name.startswith(CALENDAR_ROUTES):
        return county_of(place) in {county.code for county in counties_of(actor)}
    if route.name.startswith("complaints:partner"):
        return role == Role.SYSTEM_ADMIN and county_of(place) == county_of("own")
    if route.name.startswith(PEOPLE_ROUTES) or route.name.startswith("dashboards:"):
        return any(actor.administrative_scope(admin).covers(PLACES[place]) for admin in actor.roles)
    return actor.scope.covers(PLACES[place])


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    location: str


NOISE = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r'name="key" value="[^"]*"'),
    re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"),
)


def signed_at_home(url: str) -> tuple[bytes, dict[str, str]]:
    """A question for the state of every case, as the system of the county at home signs it."""
    with scope.place(county_of("own")):
        secret = exchange.secrets_of(Partner.objects.order_by("pk")[0])[0]
        began = int(clock.now().timestamp())  # the walk is longer than a message counts, and is one transaction
    asked = {"kind": "states", "cases": [f"case-{place}" for place in PLACES]}
    return sealed(secret, url, asked, now=began, nonce="walk-" + "0" * 16)


def visit(
    client: Client,
    route: Route,
    method: str,
    kwargs: dict[str, Any],
    payload: dict[str, Any] | None = None,
    *,
    look: Callable[[], None] = lambda: None,
) -> Answer:
    """One request, undone after `look` has looked. What was in the address is taken out of the body: answers are compared."""
    cache.clear()
    url = reverse(route.name, kwargs=kwargs)
    if route.name.startswith("open311:"):  # what everybody may know there is of one county: that of home
        url += f"?jurisdiction_id={county_of('own') // 10**9}"
    signed_in = SimpleCookie(
        {name: cookie.value for name, cookie in client.cookies.items()}
    )  # signing out is undone with the rest
    with transaction.atomic():
        if method == "GET":
            response = client.get(url, {"q": "电梯"} if route.name.endswith("search") else {})
        elif route.name == "exchange":
            message, headers = signed_at_home(url)
            response = client.generic(method, url, message, content_type="application/json", headers=headers)
        elif route.name.startswith("api_"):
            response = client.generic(method, url, json.dumps(api_payload(route)), content_type="application/json")
        else:
            response = client.generic(method, url, urlencode(payload or {}), content_type="application/x-www-form-urlencoded")
        raw = b"".join(response) if response.streaming else response.content
        look()
        transaction.set_rollback(True)
    client.cookies = signed_in
    body = raw.decode(errors="replace")
    location = response.headers.get("Location", "")
    for value in map(str, kwargs.values()):
        # A short number may stand anywhere for other reasons, so it is taken out only where an address has it.
        shown = (value, "…") if len(value) > 8 else (f"/{value}/", "/…/")
        body, location = body.replace(*shown), location.replace(*shown)
    for noise in NOISE:
        body = noise.sub("…", body)
    return Answer(response.status_code, body, location)


API_PAYLOADS: dict[str, dict[str, Any]] = {
    "accept": {},
    "close": {},
    "return": {"text": "文字"},
    "resolve": {"text": "文字"},
    "refuse": {"text": "文字"},
    "reply-directly": {"text": "文字"},
    "redo": {"text": "文字"},
    "cancel": {"text": "文字"},
    "rate": {"satisfied": True, "score": 5},
    "dispatch": {"leaf": "0202", "organisation": 1},
    "reveal": {},
    "recall": {},
    "publish": {"text": "文字"},
    "unpublish": {"text": "文字"},
    "assist": {"organisation": 1, "text": "文字"},
    "answer-assist": {"assist": 1, "text": "文字"},
    "end-assist": {"assist": 1, "text": "文字"},
    "arbitrate": {"organisation": 1, "text": "文字"},
    "contact": {"text": "文字"},
    "arrive": {},
    "ask": {"text": "文字"},
    "reply": {"text": "文字"},
    "resume": {},
    "ask-extension": {"days": 3, "text": "文字"},
    "grant-extension": {},
    "refuse-extension": {"text": "文字"},
    "recategorise": {"leaf": "0404"},
    "nudge": {"text": "文字"},
    "split": {"text": "文字", "parts": [{"leaf": "0202", "organisation": 1, "text": "文字"}]},
    "merge": {"into": "350582001-2611-99999999"},
    "unmerge": {"text": "文字"},
    "supervise": {"text": "文字"},
    "internal_notes": {"text": "文字"},
    "preview": {"step": "ask", "text": "文字"},
}
"""What the API wants to hear for each step; it refuses fields it does not know."""


CALENDAR_PAYLOAD = {"based_on": 1, "hours": [{"opens": "09:00", "closes": "17:00"}], "days": [], "source": "文字"}


RULES_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_rule_sets": {"area": areas.ancestor(PLACES["own"], areas.Level.STREET)},
    "api_rules_replay": {"n": 50},
    **{f"api_rules_{step}": {"revision": 2} for step in ("propose", "publish", "send_back", "withdraw")},
}


NOTES_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_notes": {**RULES_PAYLOADS["api_rule_sets"], "name": "名称", "way": "praise_record", "text": "文字"},
    "api_saved_lists": {"name": "名称", "queue": "open"},
    "api_notes_take_over": {"area": areas.ancestor(PLACES["own"], areas.Level.COUNTY)},
    **{f"api_note_{step}": {"version": 1} for step in ("withdraw", "put_back")},
}


POSTING_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_postings": {"kind": "other", "subject": "文字", "text": "文字", "due_on": "2026-12-31", "days": 7},
    "api_posting_put-up": {"version": 2, "spot": "文字"},
    **{f"api_posting_{step}": {"version": 2, "reason": "文字"} for step in ("take-down", "cancel")},
    **{f"api_posting_{step}": {"text": "文字"} for step in ("objections", "objection_answer")},
}
VISIT_PLAN = {"lead": 1, "planned_on": "2026-12-31", "reason": "文字", "bureaus": [1, 2]}
VISIT_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_visits": {"compound": PLACES["own"], **VISIT_PLAN},
    "api_visit": {"version": 3, **VISIT_PLAN},
    **{f"api_visit_{step}": {"version": 3} for step in ("ask", "take-back", "approve", "start", "sign")},
    **{f"api_visit_{step}": {"version": 3, "reason": "文字"} for step in ("call-off", "decline")},
    "api_visit_join": {"version": 3, "certificates": [1, 2]},
    "api_visit_changes": {
        "changes": [{"id": str(uuid.UUID(int=1)), "kind": "present", "order": 1, "made_at": "2026-11-01T09:00:00Z", "said": {}}]
    },
}
FINDING_SAID = {"version": 1, "text": "文字"}
FINDING_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_visit_recheck": {"findings": ["F350582001-2611-999999"], "lead": 1, "planned_on": "2026-12-31", "reason": "文字"},
    "api_finding_order": {"version": 1, "demand": "文字", "days": 3},
    "api_finding_send-back": {**FINDING_SAID, "days": 3},
    "api_finding_ask-time": {"version": 1, "days": 3, "reason": "文字"},
    "api_finding_decide-time": {"version": 1, "granted": True},
    "api_finding_open-ticket": {"version": 1},
    "api_finding_link-ticket": {"version": 1, "ticket": "350582001-2611-99999999"},
    "api_finding_link-project": {"version": 1, "project": "P350582001-2611-999999"},
    **{f"api_finding_{step}": FINDING_SAID for step in ("fix", "answer", "accept", "ask-recheck", "transfer", "drop", "lift")},
}
VISIT_PAYLOADS |= {
    "api_visit_papers": {"organisation": 1, "kind": "record"},
    "api_visit_paper_void": {"reason": "文字"},
}
NOW, SOON = timezone.now().isoformat(), f"{localdate() + timedelta(days=30)}"
MEETING_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_meetings": {
        "area": PLACES["own"],
        "kind": "other",
        "subject": "文字",
        "starts_at": NOW,
        "spot": "文字",
        "agenda": "文字",
        "guests": "文字",
    },
    "api_meeting_move": {"version": 1, "starts_at": NOW, "spot": "文字"},
    "api_meeting_cancel": {"version": 1, "reason": "文字"},
    "api_meeting_hold": {"version": 1, "minutes": "文字", "attendance": "文字"},
    "api_meeting_decide": {"version": 4, "kind": "task", "text": "文字", "organisation": 1, "due_on": SOON},
    "api_meeting_close": {"version": 4},
    **{f"api_decision_{step}": {"text": "文字"} for step in ("report-done", "drop")},
}
REFERRAL_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_referrals": {"area": PLACES["own"], "court": 1, "subject": "文字", "text": "文字"},
    "api_referral_parties": {"version": 3, "name": "文字", "side": "文字"},
    **{f"api_referral_{step}": {"version": 3} for step in ("ask", "remove")},
    **{f"api_referral_{step}": {"version": 5} for step in ("send", "take-up")},
    **{f"api_referral_{step}": {"version": 5, "text": "文字"} for step in ("withdraw", "settle", "give-up")},
    "api_referral_on-paper": {"said": "taken_back", "said_on": NOW[:10]},
}
ADVICE_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_consultations": {"area": PLACES["own"], "topic": "fees", "subject": "文字", "text": "文字"},
    "api_consultation_answer": {"version": 1, "text": "文字"},
    "api_consultation_ask-further": {"version": 2, "text": "文字"},
    "api_consultation_rate": {"version": 2, "helpful": True},
    "api_consultation_withdraw": {"version": 1},
}
CALL_PAYLOADS: dict[str, dict[str, Any]] = {
    **{f"api_call_back_{step}": {"version": 1} for step in ("take", "not-reached", "refused")},
    "api_call_back_reached": {"version": 1, "result": "solved", "manner": "good"},
}
LAWFUL = {"days": 3, "basis": [{"law": "XFF", "articles": "28"}]}
CHECK_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_check_lists": {"area": areas.ancestor(PLACES["own"], areas.Level.COUNTY)},
    **{f"api_check_list_{step}": {"revision": 3} for step in ("propose", "send-back", "withdraw", "publish")},
    "api_check_item_remove": {"revision": 3},
    "api_check_list_compounds": {"place": PLACES["own"], "due_on": "2026-12-31"},
    "api_check_items": {"revision": 3, **dict.fromkeys(("code", "bureau", "name", "violation", "method"), "X1"), **LAWFUL},
}


DRAFT = {"title": "文字", "text": "文字", "ends_on": "2026-12-31", "lead": 1, "matter": "P06"}
SAID = {"version": 3, "text": "文字"}
PROJECT_PAYLOADS: dict[str, dict[str, Any]] = {
    "api_projects": {"compound": PLACES["own"], **DRAFT},
    "api_project_change": {"version": 3, **DRAFT},
    "api_project_report": {**SAID, "percents": []},
    "api_project_say": {**SAID, "good": True},
    **{f"api_project_{step}": SAID for step in ("drop", "confirm", "send-back", "reopen")},
    **{f"api_project_{step}": {"version": 3} for step in ("start", "close")},
    "api_plans": {"month": "2026-12"},
    **{f"api_plan_{step}": {"version": 3} for step in ("agree", "propose", "publish")},
    **{f"api_plan_{step}": {"version": 3, "project": "P350582001-2611-999999"} for step in ("take-in", "take-out")},
    "api_plan_return": SAID,
    "api_plan_close": {"version": 3, "review": "文字"},
}


def api_payload(route: Route) -> dict[str, Any]:
    if route.name in PROJECT_PAYLOADS:
        return PROJECT_PAYLOADS[route.name]
    known = (
        RULES_PAYLOADS
        | NOTES_PAYLOADS
        | CHECK_PAYLOADS
        | POSTING_PAYLOADS
        | MEETING_PAYLOADS
        | REFERRAL_PAYLOADS
        | ADVICE_PAYLOADS
        | CALL_PAYLOADS
    )
    known |= VISIT_PAYLOADS | FINDING_PAYLOADS
    if route.name in known:
        return known[route.name]
    if route.name == "api_tickets_alike":
        return {"compound": PLACES["own"], "text": LIFT_BROKEN}
    if route.name == "api_calendar":
        return CALENDAR_PAYLOAD
    if route.name == "api_home_claim_refuse":
        return {"reason": "文字"}
    step = route.name.removeprefix("api_ticket_")
    if step == "internal_notes":
        return API_PAYLOADS[step]
    return {"version": 3, **API_PAYLOADS[step]} if step in API_PAYLOADS else {}


PAYLOAD = {
    "version": "3",
    "text": "文字",
    "result": "solved",
    "manner": "good",
    "leaf": "0202",
    "word": "晋综执",
    "kind": "owner",
    "reason": "not_ours",
    "days": "3",
    "revision": "2",
    "n": "50",
    "queue": "open",
    "form": "csv",
    "who": "欧阳示例",
}


def fingerprint(places: Sequence[str]) -> dict[str, Any]:
    """What stands in these places: row counts and contents of every scoped table, so that any write there shows."""
    found = {}
    with scope.everything(reason="tests: has a foreign row changed?"), connection.cursor() as cursor:
        for table in SCOPED:
            cursor.execute(
                "SELECT area, count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
                f" FROM {table} t WHERE area = ANY(%s) GROUP BY area",
                [[PLACES[place] for place in places]],
            )
            found[table] = sorted(cursor.fetchall())
    return found


def writes() -> int:
    """How many rows of scoped tables this transaction has written so far, what was undone included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)", [SCOPED]
        )
        return int(cursor.fetchone()[0] or 0)


class Guard:
    """Looks whether a request wrote to one of these places. Nothing but requests that are undone may write meanwhile."""

    def __init__(self, estate: Estate, places: Sequence[str]) -> None:
        self.places, self.untouched = places, estate.untouched
        if tuple(places) not in self.untouched:
            self.untouched[tuple(places)] = fingerprint(places)
        self.before = writes()
        self.hurt = False

    def look(self) -> None:
        self.hurt = writes() != self.before and fingerprint(self.places) != self.untouched[tuple(self.places)]


OPEN_TO_ALL = {
    **dict.fromkeys(("open311:service_xml", "open311:service_json"), "the catalogue's questions, which are the same everywhere"),
    "enforcement:checks_here": "the page behind the QR code on the board: the list that hangs there, which is public",
    "enforcement:paper_verified": "verifies a paper by the code printed on it: kind, number, bureau, day, compound, valid or not",
    "communities:add_home_here": "names a compound as the public list of places does; what is said there opens nothing",
    "complaints:file_here": "the page behind the QR code at a compound's gate: it names the compound and its buildings",
}
METHODS = ("GET", "POST")
NOT_ALLOWED = 405
SCOPED = sorted(model._meta.db_table for model in scoped_models())
ROUTES = sorted(set(routes()), key=lambda route: route.name)
READERS: tuple[Role | None, ...] = (None, *Role)


def client_of(estate: Estate, role: Role | None) -> Client:
    client = Client(raise_request_exception=True)
    if role is not None:
        client.force_login(estate.world.user(role), backend="people.backends.NameOrPhoneBackend")
    return client


def foreign_marks(estate: Estate, role: Role | None, route: Route, shown: str) -> list[str]:
    """What must not show. `shown` is the place that a page open to all was asked for by its address."""
    hidden = [place for place in PLACES if place not in ("own", shown) and not may_know(estate, role, place, route)]
    return [f"{CANARY}{place}" for place in hidden]


def walk_one(estate: Estate, client: Client, role: Role | None, route: Route, method: str) -> tuple[int, list[str]]:
    """All places of one route for one reader: the status at home, and in words what leaked or was written elsewhere."""
    leaks = []
    answers: dict[str, Answer] = {}
    foreign = [place for place in PLACES if not may_know(estate, role, place, route)]
    for place in EVERYWHERE if route.parameters else ("own",):
        if place != ABSENT and answers and answers["own"].status == NOT_ALLOWED:
            continue  # no view has read the ids; that an absent one is answered alike is still looked at
        cell = f"{method} {route.name} as {role} with ids of {place}"
        guard = Guard(estate, foreign) if method == "POST" and place in foreign and route.name not in OPEN_TO_ALL else None
        ids = values(estate, route, place)
        answers[place] = answer = visit(client, route, method, ids, PAYLOAD, look=guard.look if guard else lambda: None)
        if guard and guard.hurt:
            leaks.append(f"{cell}: writes there")
        if answer.status >= 500:
            leaks.append(f"{cell}: {answer.status}")
        shown = place if route.name in OPEN_TO_ALL else ""
        leaks += [f"{cell}: shows {mark}" for mark in foreign_marks(estate, role, route, shown) if mark in answer.body]
    if ABSENT in answers and route.name not in OPEN_TO_ALL:
        leaks += [
            f"{method} {route.name} as {role}: {place} differs from absent ({answers[place].status}/{answers[ABSENT].status})"
            for place in foreign
            if place in answers and answers[place] != answers[ABSENT]
        ]
    return answers["own"].status, leaks


@dataclass(frozen=True)
class Walk:
    """What one reader met on all routes: the status at home by method and route, and what leaked."""

    statuses: dict[tuple[str, str], str]
    leaks: list[str]


def walk(estate: Estate, role: Role | None) -> Walk:
    """Every route × place × method for one reader."""
    client, statuses, leaks = client_of(estate, role), {}, []
    for route in ROUTES:
        for method in METHODS:
            status, found = walk_one(estate, client, role, route, method)
            statuses[method, route.name] = str(status)
            leaks += found
    return Walk(statuses, leaks)
