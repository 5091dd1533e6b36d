"""The operations, on one seeded installation: each over HTTP, its statements counted, and the same by minimal SQL.

`python -m benchmarks.measure --tickets 10000 --out FILE` writes the figures as JSON; `benchmarks.run` calls it for each size.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
import psycopg2

from benchmarks.installation import BARE, Measured, quiet, seconds_of
from benchmarks.sampling import WARM_UPS, Browser, Figure, at_once, figure, repeated, tally, timed
from benchmarks.statements import ROWS, SQL
from tests.faults.installation import WEB, WORKERS, wait_until

READS, WRITES, CLIENTS, CONTENDERS = 60, 40, 8, 32
TEXTS = (
    "三号楼电梯又停了，老人下不来",
    "小区门口的路灯坏了好几天",
    "楼上装修晚上十点还在敲墙",
    "垃圾桶满了没人清，味道很大",
    "地下车库漏水",
)


class Bench:
    """One size. Everything that Django gives is imported late: the address of the database comes first."""

    def __init__(self, installation: Measured) -> None:
        from complaints.models import Ticket
        from tenancy import areas, scope

        self.installation = installation
        self.port = installation.port
        self.figures: list[Figure] = []
        self.dice = random.Random(7)
        with scope.everything(reason="measuring: where most tickets stand"):
            newest = Ticket.objects.filter(state="dispatched").order_by("-pk")[:500]
            places = [row.area for row in newest]
            self.compound = max(set(places), key=places.count)
        self.street = areas.ancestor(self.compound, areas.Level.STREET)
        self.county = areas.ancestor(self.compound, areas.Level.COUNTY)
        self.people()
        self.sql = psycopg2.connect(installation.services.app_url)

    def people(self) -> None:
        """A clerk of the street, two of the county's desk, residents with tokens, and the firm's manager."""
        from people import actors
        from people.actions import appointments, tokens
        from people.models import Appointment, Organisation, User
        from people.roles import Role
        from tenancy import scope

        with scope.everything(reason="measuring: whose desks"):
            desk = Organisation.objects.filter(kind_id="HOTLINE", area=self.county).first()
            for name in (f"bench_{self.county}_1", f"bench_{self.county}_2"):
                if not User.objects.filter(username=name).exists():
                    desk = desk or Organisation.objects.create(
                        name="测量示例受理中心", kind_id="HOTLINE", area=self.county, invented=True
                    )
                    user = appointments.open_account(username=name, name="测量示例", by=actors.system())
                    appointments.appoint(user, Role.COUNTY_CLERK, area=self.county, organisation=desk, by=actors.system())
            held = Appointment.objects.select_related("user").order_by("pk")
            clerk = held.filter(role=Role.STREET_CLERK, area=self.street)[0].user
            manager = held.filter(role=Role.PROPERTY_MANAGER, area=self.compound)[0].user
            residents = [row.user for row in held.filter(role=Role.RESIDENT, area=self.compound)[:CLIENTS]]
            self.county_users = list(User.objects.filter(username__startswith=f"bench_{self.county}_").order_by("pk"))
            self.leader = User.objects.filter(username=f"bench_{self.street}").first()
            if self.leader is None:
                office = Organisation.objects.filter(kind_id="ST", area=self.street)[0]
                self.leader = appointments.open_account(username=f"bench_{self.street}", name="测量示例", by=actors.system())
                appointments.appoint(self.leader, Role.STREET_LEADER, area=self.street, organisation=office, by=actors.system())
            self.users = {"street": clerk, "county": self.county_users[0], "manager": manager}
            self.tokens = {"manager": tokens.issue(manager)[0], "street": tokens.issue(clerk)[0]}
            self.resident_tokens = [tokens.issue(user)[0] for user in residents]
        self.actors = {name: actors.of_user(user) for name, user in self.users.items()}

    # Measuring

    def page(self, name: str, reader: str, path: str, *, sql: str = "", note: str = "", **values: Any) -> None:
        """A page as its reader's browser asks for it."""
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(headers={"host": f"127.0.0.1:{self.port}"})
        client.force_login(self.users[reader])
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        browser = Browser(self.port, {"Cookie": cookie, "Accept-Encoding": "gzip"})
        times = repeated(lambda _run: browser.get(path), READS)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        self.keep(
            figure(name, times, reader=reader, statements=counted(captured.captured_queries), note=note),
            SQL.get(sql, ""),
            reader,
            values,
        )

    def keep(self, found: Figure, statement: str = "", reader: str = "street", values: dict[str, Any] | None = None) -> None:
        if statement:
            found.sql = self.minimal(statement, reader, values or {})
        self.figures.append(found)
        beside = f"  SQL {found.sql:.2f} ms" if found.sql else ""
        print(
            f"  {found.name:34}{found.reader:8}{found.median:9.1f}{found.p95:9.1f} ms"
            f"{found.statements if found.statements is not None else '':>5}{beside} {found.note}{found.answers or ''}"
        )

    def minimal(self, statement: str, reader: str, values: dict[str, Any]) -> float:
        """The median of the same by hand: one transaction, the scope, one prepared statement's worth of work."""
        first, span = (self.county, 10**9) if reader == "county" else (self.street, 10**6)
        given = {"first": first, "end": first + span, **values}

        def run(_run: int) -> None:
            with self.sql, self.sql.cursor() as cursor:
                cursor.execute("SELECT set_config('mulin.scope', %s, true)", [f"{{[{first},{first + span})}}"])
                cursor.execute(statement, given)
                if cursor.description:
                    cursor.fetchall()

        return sorted(repeated(run, READS))[READS // 2]

    # The operations

    def bare(self) -> None:
        browser = Browser(self.installation.bare_port)
        self.keep(figure("bare view, no database", repeated(lambda _run: browser.get("/nothing/"), READS)))
        self.keep(figure("bare view, 25 rows", repeated(lambda _run: browser.get("/rows/"), READS), statements=2), ROWS)

    def lists(self) -> None:
        from complaints import worklist
        from complaints.models import Ticket
        from tenancy import scope

        for reader in ("street", "county"):
            with scope.limited_to(self.actors[reader].scope):
                rows = worklist.work_of(self.actors[reader]).order_by("-pk")
                deep = rows.values_list("pk", "number")[int(rows.count() * 0.9)]
                dispatched = Ticket.objects.filter(area=self.compound, leaf__isnull=False).order_by("-pk")[0]
            self.page("list, open, first page", reader, "/desk/?queue=open", sql="list")
            self.page("list, all, first page", reader, "/desk/?queue=all", sql="newest")
            self.page("list, all, page at 90 %", reader, f"/desk/?queue=all&after={deep[1]}", sql="deep", deep=deep[0])
            self.page("list, late only", reader, "/desk/?queue=open&late=on", sql="late")
            which = f"compound={self.compound}&leaf={dispatched.leaf_id}"
            where = {"compound": self.compound, "leaf": dispatched.leaf_id}
            self.page("list, compound and leaf", reader, f"/desk/?queue=all&{which}", sql="filter", **where)
            self.page("search, two words", reader, "/desk/search/?q=%E7%94%B5%E6%A2%AF+%E8%80%81%E4%BA%BA")
            self.page("search, end of a number", reader, f"/desk/search/?q={dispatched.number[-6:]}")
            self.page("case", reader, f"/tickets/{dispatched.number}/", sql="detail", number=dispatched.number)
            self.counts(reader)

    def counts(self, reader: str) -> None:
        from complaints import worklist
        from tenancy import clock, scope

        actor = self.actors[reader]

        def count(_run: int) -> None:
            with scope.limited_to(actor.scope):
                worklist.tallies(actor, worklist.Filters(), now=clock.now())

        self.keep(figure("counts of the queues", repeated(count, READS), reader=reader, note="in process"), SQL["counts"], reader)

    def api_list(self) -> None:
        browser = self.with_token("street")
        times = repeated(lambda _run: browser.get("/api/v1/tickets/"), READS)
        self.keep(figure("API, list", times, reader="street", statements=self.statements_of("street", "/api/v1/tickets/")))

    def with_token(self, name: str) -> Browser:
        return Browser(self.port, {"Authorization": f"Token {self.tokens[name]}"})

    def statements_of(self, reader: str, path: str, body: Any = None, **headers: str) -> int:
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        token = self.tokens.get(reader) or self.resident_tokens[0]
        client = Client(headers={"Authorization": f"Token {token}", "host": f"127.0.0.1:{self.port}"})
        with CaptureQueriesContext(connection) as captured:
            if body is None:
                answer = client.get(path)
            else:
                answer = client.post(path, body, content_type="application/json", headers=headers)
        if answer.status_code >= 300:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:200]!r}")
        return counted(captured.captured_queries)

    def complaint(self) -> dict[str, str]:
        return {"compound": str(self.compound), "text": self.dice.choice(TEXTS), "spot": uuid.uuid4().hex[:12]}

    def create(self) -> None:
        browser = Browser(self.port, {"Authorization": f"Token {self.resident_tokens[0]}"})

        def one(_run: int) -> None:
            status, body = browser.ask("POST", "/api/v1/tickets/", self.complaint(), Idempotency_Key=uuid.uuid4().hex)
            assert status == 201, (status, body[:300])

        times = repeated(one, WRITES)
        said = self.statements_of("resident", "/api/v1/tickets/", self.complaint(), **{"Idempotency-Key": uuid.uuid4().hex})
        self.keep(figure("create", times, reader="resident", statements=said, note="no worker running"), self.copied_row())

    def copied_row(self) -> str:
        """Writing one ticket and one line of its history."""
        tickets, events = (
            columns_of(self.installation, "complaints_ticket"),
            columns_of(self.installation, "complaints_ticketevent"),
        )
        number = "substr(number, 1, 15) || 80000000 + mod((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 10000000)"
        chosen = ", ".join(number if name == "number" else name for name in tickets)
        told = ", ".join("made.id" if name == "ticket_id" else f"e.{name}" for name in events)
        closed = "SELECT min(id) FROM complaints_ticket WHERE state = 'closed' AND area = %s"
        row = self.installation.number(closed, self.compound)
        return f"""WITH made AS (INSERT INTO complaints_ticket ({", ".join(tickets)})
            SELECT {chosen} FROM complaints_ticket WHERE id = {row} RETURNING id)
            INSERT INTO complaints_ticketevent ({", ".join(events)})
            SELECT {told} FROM made, (SELECT * FROM complaints_ticketevent WHERE ticket_id = {row} LIMIT 1) e"""

    def created_and_routed(self, filings: int = 30) -> None:
        """By so many clients at once, without a pause: from asking until the row is no longer `submitted`."""
        self.wait_for_workers()
        before = self.installation.newest_ticket()
        began: dict[str, float] = {}

        def client(number: int, times: int = filings) -> list[float]:
            browser = Browser(self.port, {"Authorization": f"Token {self.resident_tokens[number % len(self.resident_tokens)]}"})
            took = []
            for _each in range(times):
                sent, clock = self.complaint(), time.time()
                took.append(
                    timed(lambda sent=sent: browser.ask("POST", "/api/v1/tickets/", sent, Idempotency_Key=uuid.uuid4().hex))
                )
                began[sent["spot"]] = clock
            return took

        at_once(CLIENTS, lambda number: client(number, 2))  # a worker reads rules and model with its first ticket
        wait_until(lambda: self.installation.not_routed(before) == 0, 300, lambda: "tickets are not routed")
        before = self.installation.newest_ticket()
        took = [ms for each in at_once(CLIENTS, client) for ms in each]
        wait_until(lambda: self.installation.not_routed(before) == 0, 300, lambda: "tickets are not routed")
        routed = self.installation.ask(
            "SELECT t.spot, extract(epoch FROM min(e.at)) FROM complaints_ticket t"
            " JOIN complaints_ticketevent e ON e.ticket_id = t.id WHERE t.id > %s AND e.kind IN ('routed', 'triaged') GROUP BY 1",
            before,
        )
        times = [(float(at) - began[spot]) * 1000 for spot, at in routed if spot in began]
        self.keep(figure(f"create, {CLIENTS} clients", took, reader="resident", note=f"{len(took)} filings, two workers running"))
        within = sum(ms <= 1000 for ms in times) / len(times)
        self.keep(figure(f"created and routed, {CLIENTS} clients", times, note=f"within 1 s: {within:.0%} of {len(times)}"))

    def wait_for_workers(self) -> None:
        """Until what is filed is routed: before, what starting takes would be measured."""
        browser = Browser(self.port, {"Authorization": f"Token {self.resident_tokens[0]}"})
        for _each in range(4):
            before = self.installation.newest_ticket()
            browser.ask("POST", "/api/v1/tickets/", self.complaint(), Idempotency_Key=uuid.uuid4().hex)
            wait_until(lambda before=before: self.installation.not_routed(before) == 0, 120, lambda: "no worker")

    def accept(self) -> None:
        from complaints.models import Ticket
        from tenancy import scope

        with scope.limited_to(self.actors["manager"].scope):
            wanted = Ticket.objects.filter(state="dispatched", lead__kind="PM", area=self.compound).order_by("-pk")
            rows = list(wanted.values_list("number", "version")[: WRITES + 10])
        browser = self.with_token("manager")

        def one(run: int) -> None:
            number, version = rows[run]
            status, body = browser.ask("POST", f"/api/v1/tickets/{number}/accept/", {"version": version})
            assert status == 200, (status, body[:300])

        runs = min(WRITES, len(rows) - WARM_UPS - 1)
        times = repeated(one, runs)
        number, version = rows[-1]
        said = self.statements_of("manager", f"/api/v1/tickets/{number}/accept/", {"version": version})
        found = figure("accept", times, reader="manager", statements=said)
        self.keep(found, SQL["accept"], values={"number": number})

    def contention(self, tickets: int = 8, tries: int = 10) -> None:
        """Everybody files the same few tickets under another kind, and reads them anew: one wins, the others are told so."""
        from complaints.models import Ticket
        from tenancy import scope

        with scope.limited_to(self.actors["street"].scope):
            open_now = Ticket.objects.filter(state__in=["dispatched", "accepted"], lead__isnull=False).order_by("-pk")
            numbers = list(open_now.values_list("number", flat=True)[:tickets])

        def client(number: int) -> tuple[list[int], list[float]]:
            browser, dice = self.with_token("street"), random.Random(number)
            statuses, took = [], []
            for _each in range(tries):
                chosen = dice.choice(numbers)
                read = json.loads(browser.get(f"/api/v1/tickets/{chosen}/"))
                change = {"version": read["version"], "leaf": "0202" if read["leaf"]["code"] != "0202" else "0204"}
                began = time.perf_counter()
                status, _body = browser.ask("POST", f"/api/v1/tickets/{chosen}/recategorise/", change)
                took.append((time.perf_counter() - began) * 1000)
                statuses.append(status)
            return statuses, took

        given = at_once(CONTENDERS, client)
        answers = tally(status for statuses, _took in given for status in statuses)
        found = figure(
            f"change, {CONTENDERS} clients, {tickets} tickets", [ms for _s, took in given for ms in took], reader="street"
        )
        found.answers = answers
        self.keep(found)

    def rules(self, each: int = 150) -> None:
        """Deciding where a ticket goes, without and with 300 rules asked (half the street's, half the county's)."""
        from django.utils import timezone

        from complaints import rulebook, ruling
        from complaints.catalogue import Catalogue
        from complaints.models import Ticket
        from tenancy import scope

        model = None
        with scope.limited_to(scope.Scope(((self.compound, self.compound + 1),))):
            from complaints import learned

            model = learned.in_use(Catalogue.load(), [])
            rows = list(Ticket.objects.order_by("-pk").select_related("compound")[:200])

            def decide(run: int) -> None:
                row = rows[run % len(rows)]
                ruling.decide(row, rulebook.in_force(row.area), on=timezone.localdate(), model=model)

            self.keep(figure("decide, rules as they stand", repeated(decide, 200), note="in process"))
        self.publish_rules(each)
        with scope.limited_to(scope.Scope(((self.compound, self.compound + 1),))):
            asked = sum(len(held.rules) for held in rulebook.in_force(self.compound).sets)
            self.keep(figure(f"decide, {asked} rules asked", repeated(decide, 200), note="in process"))

    def publish_rules(self, each: int) -> None:
        """Rules that match nothing, so that every one is asked: of the county and of the street."""
        from complaints.actions import rule_sets
        from complaints.rules import Conditions, Outcome, Rule
        from people import actors
        from people.models import Organisation
        from tenancy import scope

        clerk, leader, *county = (actors.of_user(user) for user in (self.users["street"], self.leader, *self.county_users))
        for area, (drafts, publishes) in {self.county: county, self.street: [clerk, leader]}.items():
            with scope.limited_to(drafts.scope):
                office = Organisation.objects.filter(kind_id="UM", area=self.county)[0]
                rules = [
                    Rule(f"测量示例{n}", Conditions(any_words=(f"查无此词{n}", f"也没有{n}")), Outcome(organisation=office.pk))
                    for n in range(each)
                ]
                made = rule_sets.draft(area=area, by=drafts, note="测量", rules=rules)
                made = rule_sets.propose(made.pk, by=drafts, revision=made.revision)
            with scope.limited_to(publishes.scope):
                rule_sets.publish(made.pk, by=publishes, revision=made.revision)

    def export(self) -> None:
        from complaints.actions import exports
        from complaints.worklist import Filters
        from tenancy import scope

        actor = self.actors["street"]
        for form in ("csv", "xlsx"):
            with scope.limited_to(actor.scope):
                row = exports.ask("all", Filters(), form=form, described="测量", address="", by=actor)
            claimed = exports.claim(row.pk)
            assert claimed is not None
            took = timed(partial(exports.work, *claimed))
            rate = f"{row.total} rows, {(row.total or 0) / took * 1000:.0f} a second"
            self.keep(figure(f"export, {form}", [took], reader="street", note=rate))

    def backlog(self, tickets: int) -> None:
        """So many tickets lie unrouted when two workers and beat start."""
        before = self.installation.newest_ticket()
        self.installation.stop_programs()
        sow_unrouted(self.installation, tickets)
        self.installation.start(*WORKERS, "beat", MULIN_SWEEP_SECONDS="1")
        wait_until(lambda: self.installation.not_routed(before) < tickets, 120, lambda: "nothing is routed")
        began, left = time.perf_counter(), self.installation.not_routed(before)
        wait_until(lambda: self.installation.not_routed(before) == 0, 1800, lambda: "the backlog is not through")
        took = time.perf_counter() - began
        self.installation.stop_programs()
        self.keep(
            Figure(f"backlog of {tickets}", note=f"{left / took:.0f} routed a second by two workers", runs=1, median=took * 1000)
        )


def counted(queries: list[dict[str, str]]) -> int:
    """Statements but for those that only open and close a transaction."""
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(marks) for query in queries)


UNROUTED = """
WITH model AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) AS nth FROM complaints_ticket WHERE state = 'triage' ORDER BY id LIMIT 500)
INSERT INTO complaints_ticket ({columns})
SELECT {values} FROM (SELECT t.*, n FROM generate_series(1, %s) AS n
  JOIN model ON nth = 1 + n %% (SELECT count(*) FROM model) JOIN complaints_ticket t USING (id)) AS copy
"""


def columns_of(installation: Measured, table: str) -> list[str]:
    """Columns that a statement may give."""
    found = installation.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER' AND column_name <> 'id' ORDER BY ordinal_position",
        table,
    )
    return [name for (name,) in found]


def sow_unrouted(installation: Measured, tickets: int) -> None:
    """Copies of tickets in triage, as they were when they had just been filed."""
    columns = columns_of(installation, "complaints_ticket")
    known = installation.number("SELECT count(*) FROM complaints_ticket WHERE number LIKE %s", "%-9%")
    digits = f"lpad((90000000 + n + {known})::text, 8, '0')"
    fresh = {
        "number": f"format('%%s-%%s-%%s', area / 1000000, to_char(now(), 'YYMM'), {digits})",
        "state": "'submitted'",
        "version": "1",
        "leaf_id": "NULL",
        "urgency_id": "NULL",
        "why_here": "'{}'",
        "route_tries": "0",
        "route_after": "now()",
        "filed_at": "now()",
        "sort_due_at": "now() + interval '8 hours'",
        "alarm_at": "NULL",
    }
    statement = UNROUTED.format(columns=", ".join(columns), values=", ".join(fresh.get(name, name) for name in columns))
    installation.ask(statement, tickets)


def steps(bench: Bench, backlog: int) -> Iterator[Callable[[], None]]:
    yield from (bench.bare, bench.lists, bench.api_list, bench.create, bench.contention, bench.export)
    bench.installation.start(*WORKERS, "beat")
    yield from (bench.created_and_routed, bench.accept)
    yield partial(bench.backlog, backlog)
    yield bench.rules


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tickets", type=int, default=10_000)
    asked.add_argument("--backlog", type=int, default=20_000)
    asked.add_argument("--only", default="", help="names of steps, with commas between them")
    asked.add_argument("--out", type=Path)
    options = asked.parse_args()
    quiet()
    installation = Measured(options.tickets)
    try:
        installation.prepare()
        os.environ.update(installation.environment)
        django.setup()
        bench = Bench(installation)
        print(f"{options.tickets:,} tickets (filled in {seconds_of(installation.where)})")
        installation.start(WEB)
        installation.start(BARE, BARE_AREA=str(bench.street))
        installation.wait_for_web()
        for step in steps(bench, options.backlog):
            if not options.only or getattr(step, "__name__", "backlog") in options.only.split(","):
                step()
        if options.out:
            options.out.write_text(json.dumps([found.as_json() for found in bench.figures]))
    finally:
        installation.close()


if __name__ == "__main__":
    main()
