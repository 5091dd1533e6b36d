"""Sows tickets and their timelines, in chunks, on the server: `INSERT … SELECT generate_series`."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED

from audit import actions as audit
from complaints import personal
from complaints.catalogue import DATA
from complaints.models import Leaf, Ticket, TicketEvent
from config.seeding.ground import Ground, Size, prepare
from config.seeding.statement import CHANNEL, COLUMNS, COUNT, COUNT_ALL, EVENT_COLUMNS, EVENTS, LINES, STATE, TEMPORARY, TICKETS
from people import actors
from tenancy import clock, scope

SPREAD = timedelta(days=730)
REASON = "fill the database for measuring"
OPENINGS = ("", "", "您好，", "反映一个情况：", "再次反映：", "麻烦尽快看看，", "物业和街道的同志，")
ENDINGS = ("", "", "请尽快处理。", "已经反映过两次了。", "希望给个书面答复。", "住在附近的邻居都有意见。", "谢谢。")
TABLES = (
    *(
        "complaints_ticket",
        "complaints_ticketevent",
        "complaints_clockline",
        "communities_compound",
        "communities_building",
        "communities_home",
    ),
    *("communities_service", "people_user", "people_appointment", "people_organisation", "tenancy_area"),
)


@dataclass(frozen=True)
class Sowing:
    """One run: `begin` once, then `chunk` until all is sown, then `finish`. Every call is a transaction of its own."""

    tickets: int
    events: bool
    size: Size
    seed: int = 1

    def begin(self) -> int:
        """Prepare the ground; returns the number of compounds."""
        with scope.everything(reason=REASON):
            ground = prepare(self.size)
            _tables(ground)
            audit.record(
                "seed",
                "seed.began",
                by=actors.system(),
                area=audit.INSTALLATION,
                after={"tickets": self.tickets, "seed": self.seed},
            )
        return len(ground.plots)

    def chunk(self, first: int, last: int) -> tuple[int, int]:
        """Sow tickets number `first` to `last` of this run; returns tickets and events written."""
        with scope.everything(reason=REASON), connection.cursor() as cursor:
            cursor.execute("SELECT setseed(%s)", [((self.seed * 7919 + first) % 10**6) / 10**6])
            cursor.execute(self._statement(), self._values(first, last))
            tickets, events = cursor.fetchone()
        return int(tickets), int(events)

    def finish(self) -> None:
        """Give the planner its figures: without them it would plan for empty tables."""
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")
            for table in ("seed_plot", "seed_text", "seed_office"):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def _statement(self) -> str:
        """The one statement; columns that it does not speak of get their default from the model."""
        tickets = TICKETS.format(
            columns=_columns(COLUMNS, Ticket), values=_expressions(COLUMNS, Ticket), state=STATE, channel=CHANNEL
        )
        events = EVENTS.format(columns=_columns(EVENT_COLUMNS, TicketEvent), values=_expressions(EVENT_COLUMNS, TicketEvent))
        return tickets + LINES + (events + COUNT_ALL if self.events else COUNT)

    def _values(self, first: int, last: int) -> dict[str, Any]:
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM complaints_ticket")
            highest = cursor.fetchone()[0]
        return {
            **_defaults(COLUMNS, Ticket),
            **_defaults(EVENT_COLUMNS, TicketEvent),
            "first": first,
            "last": last,
            "offset": highest - first + 1,
            "spread": SPREAD,
            "total": self.tickets,
            "now": at,
            "openings": list(OPENINGS),
            "endings": list(ENDINGS),
            "system": actors.system().id,
            "visitor": actors.visitor("seed").id,
        }


def _unspoken(spoken: dict[str, str], model: type[Ticket] | type[TicketEvent]) -> dict[str, Any]:
    """Columns that must have a value, and of which the statement says nothing: each with the model's own default."""
    return {
        field.column: field.get_default()
        for field in model._meta.local_concrete_fields
        if field.column
        and not field.generated
        and not field.primary_key
        and not field.null
        and field.db_default is NOT_PROVIDED
        and field.column not in spoken
    }


def _columns(spoken: dict[str, str], model: type[Ticket] | type[TicketEvent]) -> str:
    return ", ".join([*spoken, *_unspoken(spoken, model)])


def _expressions(spoken: dict[str, str], model: type[Ticket] | type[TicketEvent]) -> str:
    return ", ".join([*spoken.values(), *(f"%(default_{column})s" for column in _unspoken(spoken, model))])


def _defaults(spoken: dict[str, str], model: type[Ticket] | type[TicketEvent]) -> dict[str, Any]:
    return {f"default_{column}": value for column, value in _unspoken(spoken, model).items()}


def _tables(ground: Ground) -> None:
    """Put the ground and the texts where the statement reads them: temporary tables of this connection."""
    plots = ground.plots
    texts = [json.loads(line) for line in (DATA / "sample_texts.jsonl").read_text(encoding="utf-8").splitlines()]
    leaves = {leaf.pk: leaf for leaf in Leaf.objects.select_related("urgency")}
    with connection.cursor() as cursor:
        cursor.execute(TEMPORARY)
        cursor.executemany(
            "INSERT INTO seed_plot VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (n, p.area, p.compound, p.buildings, p.residents, p.firm, p.firm_person, p.street, p.street_person)
                for n, p in enumerate(plots, 1)
            ],
        )
        for n, row in enumerate(texts, 1):
            leaf = leaves[row["leaf"]]
            why = {
                "source": "keywords",
                "leaf": leaf.pk,
                "words": [row["text"][:4]],
                "confidence": 0.8,
                "rule": {"leaf": leaf.pk},
            }
            urgency = leaf.urgency
            cursor.execute(
                "INSERT INTO seed_text VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    *(
                        n,
                        personal.masked(row["text"][:400]),
                        leaf.pk,
                        leaf.lead_id,
                        urgency.pk,
                        leaf.emergency,
                        leaf.confidential,
                        json.dumps(why),
                    ),
                    *(urgency.accept_minutes, urgency.first_contact_minutes, urgency.onsite_minutes, urgency.resolve_workdays),
                ],
            )
        cursor.executemany(
            "INSERT INTO seed_office VALUES (%s, %s, %s, %s)",
            [(county, kind, body, person) for (county, kind), (body, person) in ground.offices.items()],
        )
        cursor.execute("ANALYZE seed_plot; ANALYZE seed_text; ANALYZE seed_office")
