"""How many queries each page takes: a reviewed file, and no count grows with the rows. `MULIN_REWRITE=1` writes it anew."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities import actions as communities
from communities.actions import postings
from communities.models import Posting
from communities.posting_states import PostingState
from complaints.actions import calls as call_backs
from complaints.actions import rules as editing
from complaints.models import CallBack, KnowledgeNote, RuleSet
from complaints.rating_states import CallReason
from complaints.rule_states import SetState
from complaints.states import State
from enforcement.actions import advice as steps
from enforcement.actions import campaigns, consents, paper_templates
from enforcement.actions import findings as finding_actions
from enforcement.actions.field import take
from enforcement.advice_states import ConsultationState
from enforcement.counsel_states import ReferralState
from enforcement.meeting_states import DecisionKind, MeetingState
from enforcement.models import (
    Campaign,
    Certificate,
    CheckList,
    Consultation,
    Finding,
    Meeting,
    Paper,
    Referral,
    ReferralParty,
    Visit,
)
from enforcement.paper_kinds import PaperKind
from enforcement.visit_states import VisitState
from files.images import Photo
from people.actions import appointments, calendars
from people.actors import of_user, system
from people.office_calendars import DEFAULT
from people.queries import calendar_in_force
from people.roles import Role
from projects import months
from projects.actions import plans, work
from projects.models import MonthFigures, Project
from projects.states import ProjectState
from tenancy import areas, clock, scope
from tests.factories import advice, checks, findings, meetings, papers, partners, projects, referrals, visits
from tests.factories.notes import note
from tests.factories.postings import posting
from tests.factories.projects import this_month
from tests.factories.rules import draft, published, rule
from tests.factories.tickets import ticket
from tests.factories.world import World

FILE = Path(__file__).parent / "query_counts.json"
SignIn = Callable[..., Client]

PAGES: dict[str, tuple[Role | None, str]] = {
    "sign-in page": (None, "/accounts/login/"),
    "QR page": (None, "/c/350582001001001/"),
    "Open311: services": (None, "/open311/v2/services.xml?jurisdiction_id=350582"),
    "Open311: requests": (None, "/open311/v2/requests.xml?jurisdiction_id=350582"),
    "Open311: a request": (None, "/open311/v2/requests/{number}.xml?jurisdiction_id=350582"),
    "resident: my tickets": (Role.RESIDENT, "/my/"),
    "resident: file": (Role.RESIDENT, "/file/"),
    "resident: ticket": (Role.RESIDENT, "/tickets/{number}/"),
    "administrator: other systems": (Role.SYSTEM_ADMIN, "/system/partners/"),
    "clerk: merge with another": (Role.STREET_CLERK, "/tickets/{number}/merge/"),
    "resident: compound": (Role.RESIDENT, "/compounds/350582001001001/"),
    "manager: desk": (Role.PROPERTY_MANAGER, "/desk/?queue=all"),
    "manager: ticket": (Role.PROPERTY_MANAGER, "/tickets/{number}/"),
    "clerk: desk": (Role.STREET_CLERK, "/desk/?queue=all"),
    "clerk: desk of a compound": (Role.STREET_CLERK, "/desk/?queue=open&compound=350582001001001"),
    "clerk: board": (Role.STREET_CLERK, "/desk/board/"),
    "clerk: saved lists": (Role.STREET_CLERK, "/desk/lists/?queue=open"),
    "clerk: desk and case": (Role.STREET_CLERK, "/desk/?queue=all&ticket={number}"),
    "handler: desk": (Role.DEPARTMENT_HANDLER, "/desk/?queue=all"),
    "clerk: search": (Role.STREET_CLERK, "/desk/search/?q=dianti"),
    "clerk: lists taken out": (Role.STREET_CLERK, "/desk/exports/"),
    "clerk: compounds": (Role.STREET_CLERK, "/compounds/"),
    "resident: my homes": (Role.RESIDENT, "/homes/"),
    "resident: add a home": (Role.RESIDENT, "/homes/add/?county=350582000000000&street=350582001000000"),
    "clerk: claims": (Role.STREET_CLERK, "/claims/"),
    "clerk: calendar": (Role.STREET_CLERK, "/calendars/350582000000000/?year=2026"),
    "clerk: versions of the calendar": (Role.STREET_CLERK, "/calendars/350582000000000/versions/"),
    "county desk: desk": (Role.COUNTY_CLERK, "/desk/?queue=all"),
    "county desk: change the calendar": (Role.COUNTY_CLERK, "/calendars/350582000000000/edit/"),
    "clerk: rules": (Role.STREET_CLERK, "/desk/rules/"),
    "clerk: a version of rules": (Role.STREET_CLERK, "/desk/rules/{ruleset}/"),
    "clerk: a rule": (Role.STREET_CLERK, "/desk/rules/{ruleset}/add/"),
    "clerk: history of rules": (Role.STREET_CLERK, "/desk/rules/of/350582001000000/"),
    "clerk: notes": (Role.STREET_CLERK, "/desk/notes/"),
    "clerk: a note": (Role.STREET_CLERK, "/desk/notes/{note}/"),
    "clerk: a new note": (Role.STREET_CLERK, "/desk/notes/write/"),
    "clerk: a question, with a note ready": (Role.STREET_CLERK, "/tickets/{question}/"),
    "API: notes": (Role.STREET_CLERK, "/api/v1/notes/"),
    "county desk: models": (Role.COUNTY_CLERK, "/desk/models/"),
    "API: models": (Role.COUNTY_CLERK, "/api/v1/models/"),
    "resident: check lists": (Role.RESIDENT, "/checks/lists/"),
    "county desk: check lists": (Role.COUNTY_CLERK, "/checks/lists/"),
    "resident: a check list": (Role.RESIDENT, "/checks/lists/{check_list}/"),
    "resident: a check item": (Role.RESIDENT, "/checks/lists/{check_list}/items/E01/"),
    "county desk: a check item to change": (Role.COUNTY_CLERK, "/checks/lists/{check_list}/items/E01/change/"),
    "resident: a check list as a sheet": (Role.RESIDENT, "/checks/lists/{check_list}/list.xlsx"),
    "county desk: a check list": (Role.COUNTY_CLERK, "/checks/lists/{check_list}/"),
    "resident: a check list for the board": (Role.RESIDENT, "/checks/lists/{check_list}/board/350582001001001/"),
    "code on the board": (None, "/c/350582001001001/checks/"),
    "API: check lists": (Role.RESIDENT, "/api/v1/check-lists/"),
    "API: a check list": (Role.RESIDENT, "/api/v1/check-lists/{check_list}/"),
    "resident: postings": (Role.RESIDENT, "/compounds/350582001001001/postings/"),
    "clerk: have something put up": (Role.STREET_CLERK, "/compounds/350582001001001/postings/ask/"),
    "resident: a posting": (Role.RESIDENT, "/postings/{posting}/"),
    "clerk: a posting": (Role.STREET_CLERK, "/postings/{posting}/"),
    "API: postings": (Role.PROPERTY_STAFF, "/api/v1/compounds/350582001001001/postings/"),
    "API: a posting": (Role.PROPERTY_STAFF, "/api/v1/postings/{posting}/"),
    "notices": (Role.PROPERTY_MANAGER, "/notices/"),
    "record": (Role.AUDIT_ADMIN, "/record/"),
    "accounts": (Role.SECURITY_ADMIN, "/people/accounts/"),
    "system": (Role.SYSTEM_ADMIN, "/system/"),
    "API: tickets": (Role.STREET_CLERK, "/api/v1/tickets/"),
    "API: calendars": (Role.STREET_CLERK, "/api/v1/calendars/"),
    "API: versions of a calendar": (Role.STREET_CLERK, "/api/v1/calendars/350582000000000/versions/"),
    "API: rules": (Role.STREET_CLERK, "/api/v1/rules/"),
    "API: a version of rules": (Role.STREET_CLERK, "/api/v1/rules/{ruleset}/"),
    "API: ticket": (Role.STREET_CLERK, "/api/v1/tickets/{number}/"),
}

MONTH, NEXT = this_month(), months.after(this_month())
PROJECT_PAGES: dict[str, tuple[Role | None, str]] = {
    "resident: project": (Role.RESIDENT, "/projects/{project}/"),
    "manager: project": (Role.PROPERTY_MANAGER, "/projects/{project}/"),
    "manager: report on a project": (Role.PROPERTY_MANAGER, "/projects/{project}/report/"),
    "manager: plan of a month": (Role.PROPERTY_MANAGER, f"/compounds/350582001001001/plans/{NEXT:%Y-%m}/"),
    "manager: months": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/plans/"),
    "manager: hot spots": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/suggestions/"),
    "manager: draft": (Role.PROPERTY_MANAGER, "/compounds/350582001001001/projects/new/"),
    "resident: month under way": (Role.RESIDENT, f"/compounds/350582001001001/plans/{MONTH:%Y-%m}/"),
    "resident: month report": (Role.RESIDENT, f"/places/350582001001001/months/{MONTH:%Y-%m}/report.docx"),
    "county desk: month report": (Role.COUNTY_CLERK, f"/places/350582000000000/months/{MONTH:%Y-%m}/report.xlsx"),
    "resident: projects": (Role.RESIDENT, "/projects/"),
    "clerk: projects": (Role.STREET_CLERK, f"/projects/?month={MONTH:%Y-%m}&only=silent"),
    "county desk: board of projects": (Role.COUNTY_CLERK, "/projects/board/"),
    "clerk: board of projects": (Role.STREET_CLERK, "/projects/board/"),
}
VISIT_PAGES: dict[str, tuple[Role | None, str]] = {
    "clerk: visits": (Role.STREET_CLERK, "/checks/visits/"),
    "clerk: where a visit is needed": (Role.STREET_CLERK, "/checks/visits/needed/"),
    "clerk: plan a visit": (Role.STREET_CLERK, "/checks/visits/plan/350582001001001/"),
    "clerk: a visit": (Role.STREET_CLERK, "/checks/visits/{visit}/"),
    "manager: a visit": (Role.PROPERTY_MANAGER, "/checks/visits/{visit}/"),
    "clerk: campaigns": (Role.STREET_CLERK, "/checks/campaigns/"),
    "clerk: a campaign": (Role.STREET_CLERK, "/checks/campaigns/{campaign}/"),
    "clerk: begin a campaign": (Role.STREET_CLERK, "/checks/campaigns/of/350582001000000/"),
    "lead: certificates": (Role.DEPARTMENT_LEAD, "/checks/certificates/"),
    "API: visits": (Role.STREET_CLERK, "/api/v1/visits/"),
    "API: a visit": (Role.STREET_CLERK, "/api/v1/visits/{visit}/"),
    "clerk: visits as a sheet": (Role.STREET_CLERK, "/checks/visits/visits.xlsx"),
    "handler: the list on the phone": (Role.DEPARTMENT_HANDLER, "/checks/field/"),
    "handler: who is signed in on the phone": (Role.DEPARTMENT_HANDLER, "/checks/field/who/"),
    "worker of the list on the phone": (None, "/checks/field/worker.js"),
    "API: papers of a visit": (Role.STREET_CLERK, "/api/v1/visits/{visit}/papers/"),
    "county desk: registers of papers": (Role.COUNTY_CLERK, "/checks/papers/"),
    "county desk: a register of papers": (Role.COUNTY_CLERK, "/checks/papers/of/{bureau}/{year}/register.xlsx"),
    "everybody: verify a paper": (None, "/v/{paper}/"),
    "lead: templates of papers": (Role.DEPARTMENT_LEAD, "/checks/templates/"),
    "API: where a visit is needed": (Role.STREET_CLERK, "/api/v1/visits/risk/"),
}
FINDING_PAGES: dict[str, tuple[Role | None, str]] = {
    "clerk: findings": (Role.STREET_CLERK, "/checks/findings/"),
    "clerk: findings as a sheet": (Role.STREET_CLERK, "/checks/findings/findings.xlsx"),
    "manager: findings": (Role.PROPERTY_MANAGER, "/checks/findings/"),
    "resident: findings": (Role.RESIDENT, "/checks/findings/"),
    "clerk: a finding": (Role.STREET_CLERK, "/checks/findings/{finding}/"),
    "manager: a finding": (Role.PROPERTY_MANAGER, "/checks/findings/{finding}/"),
    "clerk: plan a re-check": (Role.STREET_CLERK, "/checks/visits/{visit}/recheck/"),
    "county desk: joint enforcement in numbers": (Role.COUNTY_CLERK, "/checks/numbers/?by=compound"),
    "clerk: visits of a compound": (Role.STREET_CLERK, "/checks/visits/?area=350582001001001&state=under_way"),
    "clerk: summary for the board": (Role.STREET_CLERK, "/checks/visits/{over}/summary/"),
    "everybody: what hangs and what was found": (None, "/c/350582001001001/checks/"),
    "API: findings": (Role.STREET_CLERK, "/api/v1/findings/"),
    "API: a finding": (Role.STREET_CLERK, "/api/v1/findings/{finding}/"),
}
SHOWN_PAGES: dict[str, tuple[Role | None, str]] = {
    "county desk: where a check list hangs": (Role.COUNTY_CLERK, "/checks/lists/{check_list}/compounds/"),
    "county desk: where a check list hangs, as a sheet": (Role.COUNTY_CLERK, "/checks/lists/{check_list}/compounds.xlsx"),
    "API: where a check list hangs": (Role.COUNTY_CLERK, "/api/v1/check-lists/{check_list}/compounds/"),
}
MEETING_PAGES: dict[str, tuple[Role | None, str]] = {
    "clerk: meetings": (Role.STREET_CLERK, "/checks/meetings/"),
    "handler: meetings": (Role.DEPARTMENT_HANDLER, "/checks/meetings/"),
    "clerk: meetings as a sheet": (Role.STREET_CLERK, "/checks/meetings/meetings.xlsx"),
    "clerk: a meeting": (Role.STREET_CLERK, "/checks/meetings/{meeting}/"),
    "handler: a meeting": (Role.DEPARTMENT_HANDLER, "/checks/meetings/{meeting}/"),
    "clerk: minutes to sign": (Role.STREET_CLERK, "/checks/meetings/{meeting}/minutes.docx"),
    "clerk: call a meeting": (Role.STREET_CLERK, "/checks/meetings/call/?place=350582001001001"),
    "API: meetings": (Role.STREET_CLERK, "/api/v1/meetings/"),
    "API: a meeting": (Role.STREET_CLERK, "/api/v1/meetings/{meeting}/"),
}
REFERRAL_PAGES: dict[str, tuple[Role | None, str]] = {
    "clerk: referrals": (Role.STREET_CLERK, "/checks/referrals/"),
    "resident: referrals": (Role.RESIDENT, "/checks/referrals/"),
    "clerk: a referral": (Role.STREET_CLERK, "/checks/referrals/{referral}/"),
    "resident: a referral": (Role.RESIDENT, "/checks/referrals/{referral}/"),
    "API: referrals": (Role.STREET_CLERK, "/api/v1/referrals/"),
    "API: a referral": (Role.STREET_CLERK, "/api/v1/referrals/{referral}/"),
}
ADVICE_PAGES: dict[str, tuple[Role | None, str]] = {
    "resident: consultations": (Role.RESIDENT, "/checks/advice/"),
    "clerk: consultations": (Role.STREET_CLERK, "/checks/advice/"),
    "resident: a consultation": (Role.RESIDENT, "/checks/advice/{consultation}/"),
    "resident: ask a question of law": (Role.RESIDENT, "/checks/advice/ask/"),
    "API: consultations": (Role.RESIDENT, "/api/v1/consultations/"),
    "API: a consultation": (Role.RESIDENT, "/api/v1/consultations/{consultation}/"),
}
CALL_PAGES: dict[str, tuple[Role | None, str]] = {
    "clerk: call-backs": (Role.STREET_CLERK, "/desk/calls/"),
    "clerk: call-backs as a sheet": (Role.STREET_CLERK, "/desk/calls/calls.xlsx"),
    "clerk: a call-back": (Role.STREET_CLERK, "/desk/calls/{call_back}/"),
    "county desk: three rates": (Role.COUNTY_CLERK, "/desk/rates/?by=compound"),
    "clerk: tickets of the three rates": (Role.STREET_CLERK, "/desk/rates/tickets/?rate=response&how=of"),
    "clerk: tickets of the three rates as a sheet": (Role.STREET_CLERK, "/desk/rates/tickets.xlsx"),
    "API: call-backs": (Role.STREET_CLERK, "/api/v1/call-backs/"),
    "API: a call-back": (Role.STREET_CLERK, "/api/v1/call-backs/{call_back}/"),
    "API: three rates": (Role.STREET_CLERK, "/api/v1/rates/"),
    "API: tickets of the three rates": (Role.STREET_CLERK, "/api/v1/rates/tickets/"),
}
PAGES |= CALL_PAGES | PROJECT_PAGES | SHOWN_PAGES | VISIT_PAGES | FINDING_PAGES | MEETING_PAGES | REFERRAL_PAGES | ADVICE_PAGES
FEW, MANY = 3, 6


def count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(captured)


def fill(world: World, rows: int) -> str:
    numbers = [ticket(world, State.ACCEPTED, public=True).number for _ in range(rows)]
    for number, each in enumerate(numbers):
        newcomer = appointments.open_account(username=f"newcomer-{each}", name="新住户", by=system())
        for who in (newcomer, world.user(Role.RESIDENT)):
            claimed = communities.claim_home(
                area=world.area(), kind="tenant", building=f"{number}栋", home=each[-8:], by=of_user(who)
            )
            if who != newcomer:  # so that many of them fit
                communities.withdraw_claim(claimed.pk, by=of_user(who))
    for each in numbers:
        newest = calendar_in_force(350582 * 10**9)
        said = {"hours": DEFAULT.hours, "days": [], "source": f"通知 {each}"}
        based_on = newest.version if newest else 0
        calendars.publish(county=350582 * 10**9, based_on=based_on, by=world.actor(Role.COUNTY_CLERK), **said)
    fill_rules(world, numbers)
    for each in numbers:
        note(world, each)
    checks.published(world)
    for each in numbers:
        partners.connected(world, name=each)
    if rows == FEW:
        checks.shown(world)
    fill_postings(world, numbers)
    return numbers[0]


def fill_visits(world: World, rows: int) -> str:
    """A visit with more findings, further plans, certificates and campaigns."""
    names = [f"{rows}-{number}" for number in range(rows)]
    with scope.everything(reason="tests: more visits"):
        row = Visit.objects.filter(state=VisitState.UNDER_WAY).first() or visits.started(world)
        line = visits.lines(row, world, "UM")[0]
        fill_templates(world, names)
        take(row.number, [visits.noted(line) for _name in names], by=visits.officer(world, "UM"))
        visits.certified(world, "UM", many=2 + Certificate.objects.count())
        today = clock.today()
        for name in names:
            visits.planned(world, again=name)
            shop = papers.ordered(row, world, party="shop", party_organisation_id=None, party_name=name)
            papers.issue(row, world, PaperKind.ORDER, finding=shop.number)
            papers.ordered(row, world, party="other", party_organisation_id=None, party_name=name)
            campaigns.begin(
                area=areas.ancestor(world.area(), areas.Level.COUNTY),
                name=name,
                reason=name,
                items=["E41"],
                starts_on=today,
                ends_on=today,
                by=visits.head(world, "FR"),
            )
    number: str = row.number
    return number


def fill_findings(world: World, rows: int) -> str:
    """Findings of one visit that wait to be looked at again; the first went to and fro as often as there are others."""
    with scope.everything(reason="tests: more findings"):
        row = Visit.objects.filter(state=VisitState.UNDER_WAY).first() or visits.started(world)
        line, by = visits.lines(row, world, "UM")[0], visits.officer(world, "UM")
        for _more in range(rows):
            sent = visits.noted(line)
            take(row.number, [sent], by=by)
            findings.to_look_at(world, row=Finding.objects.get(key=sent.key))
            first = Finding.objects.order_by("pk")[0]
            back = finding_actions.send_back(first.number, by=by, version=first.version, text="仍有杂物", days=3)
            findings.to_look_at(world, ordered_already=back)
        _visit_over(world, rows)
    number: str = row.number
    return number


def fill_templates(world: World, names: list[str]) -> None:
    """More templates, each used after the one before."""
    lead = world.actor(Role.DEPARTMENT_LEAD)
    for name in names:
        brought = {"name": name, "body": papers.template(name)}
        row = paper_templates.bring(world.bureaus["UM", "own"], "opinion", by=lead, **brought)
        paper_templates.use(row.pk, by=lead)


def _visit_over(world: World, rows: int) -> None:
    """A concluded visit with so many findings more."""
    over = Visit.objects.filter(state=VisitState.CONCLUDED).first()
    if over is None:
        begun = visits.started(world, again="另一次")
        line, by = visits.lines(begun, world, "UM")[0], visits.officer(world, "UM")
        take(begun.number, [visits.noted(line) for _more in range(rows)], by=by)
        findings.concluded_with(world, begun.findings.order_by("pk")[0])


def fill_shown(world: World, rows: int) -> str:
    """The list in force hangs in one compound, then in one more of another street."""
    checks.shown(world, place="own" if rows == FEW else "street")
    return ""


def fill_postings(world: World, names: list[str]) -> None:
    """More that hang, and against the first of them more objections, answered by the street."""
    hung = [posting(world, PostingState.UP, subject=name) for name in names]
    with scope.place(world.area()):
        first = Posting.objects.order_by("pk")[0].pk
        for row in hung:
            said = postings.raise_objection(first, by=world.actor(Role.RESIDENT), text=row.subject)
            postings.answer(first, said.pk, by=world.actor(Role.STREET_CLERK), text=row.subject)


def fill_rules(world: World, names: list[str]) -> int:
    """More rules in the street's one draft, and one more version in force; none of them matches anything here."""
    clerk = world.actor(Role.STREET_CLERK)
    kept = RuleSet.objects.filter(state=SetState.DRAFT).first() or draft(world)
    for name in names:
        kept.refresh_from_db()
        editing.add(kept.pk, rule=rule(world, name, words=(name,), places=(world.area(),)), by=clerk, revision=kept.revision)
    published(world, *(rule(world, name, words=(name,)) for name in names))
    return kept.pk


def fill_projects(world: World, rows: int) -> str:
    """One project under way with reports and photos, drafts in and out of the next month's plan, figures of more compounds."""
    area, manager = world.area(), world.actor(Role.PROPERTY_MANAGER)
    linked = tuple(ticket(world, State.ACCEPTED).number for _ in range(rows))
    with scope.place(area):
        known = Project.objects.filter(state=ProjectState.WORKING).first()
    row = known or projects.project(world, ProjectState.WORKING, tickets=linked)
    unlinked = [ticket(world, State.ACCEPTED).number for _ in range(rows)]
    with scope.place(area):
        plan = plans.open_month(area, NEXT, by=manager)
        for number in range(rows):
            said: dict[str, Any] = {"by": manager, "version": row.version, "text": f"第{number}次", "percents": {}}
            row = work.report(row.number, photos=projects.photo(), **said)
            drafted = projects.drafted(world, title=f"草稿{number}", tickets=(unlinked[number],) if known else ())
            projects.drafted(world, title=f"备选{number}")
            plan = plans.take_in(area, NEXT, drafted.number, by=manager, version=plan.version)
    for each in range(rows):
        place = areas.ancestor(area, areas.Level.NEIGHBOURHOOD) + 100 + rows * 10 + each
        with scope.place(place):
            MonthFigures.objects.create(area=place, month=MONTH, planned=3, landed=1, counted_at=timezone.now())
    return row.number


def fill_meetings(world: World, rows: int) -> str:
    """A meeting that decides one thing after another, and more meetings."""
    with scope.place(world.area()):
        known = Meeting.objects.filter(state=MeetingState.HELD).order_by("pk").first()
    row = known or meetings.meeting(world, MeetingState.HELD, topics=[ticket(world, State.ACCEPTED).number])
    for number in range(rows):
        meetings.decision(world, row, DecisionKind.TICKET if number % 2 else DecisionKind.TASK)
        meetings.meeting(world)
    return row.number


def fill_referrals(world: World, rows: int) -> str:
    """One that waits for what its parties say, and more; each time somebody says more on paper."""
    with scope.place(world.area()):
        known = Referral.objects.filter(state=ReferralState.WAITING).order_by("pk").first()
    row = known or referrals.referral(world, ReferralState.WAITING)
    with scope.place(world.area()):
        party = ReferralParty.objects.get(referral=row, user=None)
        clerk, today = world.actor(Role.STREET_CLERK), clock.today()
        for number in range(rows):
            referrals.referral(world)
            said = "taken_back" if party.consent == "given" else "given"
            consents.on_paper(row.pk, party.pk, by=clerk, said=said, said_on=today, photo=paper(number))
            party.refresh_from_db()
    return str(row.pk)


def fill_advice(world: World, rows: int) -> str:
    """One question after another to which somebody answers, and one that is asked further again and again."""
    with scope.place(world.area()):
        known = Consultation.objects.filter(asked_by=world.user(Role.RESIDENT)).order_by("pk").first()
        row = known or advice.consultation(world, ConsultationState.ANSWERED)
        resident, bench = world.actor(Role.RESIDENT), advice.adviser(world)
        for _each in range(rows):
            advice.consultation(world, ConsultationState.ANSWERED, shared=True)
            row = steps.ask_further(row.pk, by=resident, version=row.version, text="又问")
            row = steps.answer(row.pk, by=bench, version=row.version, text="又答")
    return str(row.pk)


def fill_calls(world: World, rows: int) -> str:
    """Answers that nobody rated, each to be called about; the first was tried once."""
    for _each in range(rows):
        row = ticket(world, State.RESOLVED)
        with scope.place(world.area()):
            asked = call_backs.make(row, CallReason.SILENT)
            assert asked is not None
    with scope.place(world.area()):
        first = CallBack.objects.order_by("pk")[0]
        if rows == FEW:
            call_backs.not_reached(first.pk, by=world.actor(Role.STREET_CLERK), version=first.version)
    return str(first.pk)


def paper(number: int) -> Photo:
    return Photo(body=b"\xff\xd8\xff\xd9", width=1, height=1, thumbnail=b"\xff\xd8\xff\xd9", sha256=f"{number:064d}")


def paper_code() -> str:
    with scope.everything(reason="tests: a paper"):
        return Paper.objects.order_by("pk").values_list("code", flat=True).first() or ""


def ids(world: World) -> dict[str, Any]:
    """For addresses."""
    with scope.place(world.area()):
        first = Posting.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        finding = Finding.objects.order_by("pk").values_list("number", flat=True).first() or ""
        over = Visit.objects.filter(state=VisitState.CONCLUDED).values_list("number", flat=True).first() or ""
    return {
        "posting": first,
        "finding": finding,
        "over": over,
        "ruleset": RuleSet.objects.filter(state=SetState.DRAFT).values_list("pk", flat=True).first() or 0,
        "note": KnowledgeNote.objects.values_list("pk", flat=True).first() or 0,
        "check_list": CheckList.objects.order_by("pk").values_list("pk", flat=True).first() or 0,
        "paper": paper_code(),
        "bureau": world.bureaus["UM", "own"],
        "year": clock.today().year,
        "campaign": Campaign.objects.order_by("pk").values_list("pk", flat=True).first() or 0,
        "question": ticket(world, State.TRIAGE, text="请问维修资金怎么申请使用，需要多少业主同意，咨询一下流程").number,
    }


GROWING = (
    (CALL_PAGES, fill_calls),
    (PROJECT_PAGES, fill_projects),
    (SHOWN_PAGES, fill_shown),
    (VISIT_PAGES, fill_visits),
    (FINDING_PAGES, fill_findings),
    (MEETING_PAGES, fill_meetings),
    (REFERRAL_PAGES, fill_referrals),
    (ADVICE_PAGES, fill_advice),
)
"""What makes the rows of these pages; of all others `fill`."""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_as_many_queries_as_reviewed_whatever_the_number_of_rows(world: World, sign_in: SignIn, page: str) -> None:
    role, address = PAGES[page]
    client = sign_in(role)
    grow = next((own for pages, own in GROWING if page in pages), fill)
    first = grow(world, FEW)
    named = dict.fromkeys(("number", "project", "visit", "meeting", "referral", "consultation", "call_back"), first)
    url = address.format(**named, **ids(world))
    client.get(url)  # the first request of a session may write it
    few = count(client, url)
    grow(world, MANY)
    assert count(client, url) == few, "the count grows with the rows"
    reviewed = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if os.environ.get("MULIN_REWRITE"):
        reviewed = dict(sorted({**reviewed, page: few}.items()))
        FILE.write_text(json.dumps(reviewed, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert few == reviewed.get(page), "run MULIN_REWRITE=1 pytest -n 0 tests/guards/test_query_counts.py and read the diff"


def test_no_entry_is_stale() -> None:
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == set(PAGES)
