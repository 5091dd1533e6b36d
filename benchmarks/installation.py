"""An installation to measure: its own PostgreSQL and Valkey under `var/bench`, seeded once and kept."""

import logging
import sys
import time
from pathlib import Path

import psycopg2

from config import children, commands
from tests.faults.installation import ROOT, Installation

WHERE = ROOT / "var" / "bench"
BARE = "bare"
INDEX = "complaints_searchentry_words"


class Measured(Installation):
    """As the fault tests start it, with as many tickets as asked. What is measured is added to it, and stays."""

    def __init__(self, tickets: int) -> None:
        super().__init__(WHERE / str(tickets))
        self.tickets = tickets
        self.bare_port = 0

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "MULIN_THROTTLE_ACTING": "1000000/min"}

    def prepare(self) -> None:
        """Start the services; on the first time, make and fill the database."""
        self.supervisor.stop_leftovers()
        self._services = self.embedded.start()
        self.port, self.bare_port = children.free_port(), children.free_port()
        filled, manage = self.where / "filled", str(ROOT / "manage.py")
        began = time.monotonic()
        self.run([manage, *commands.MIGRATE[1:]], MULIN_DB_ROLE="owner")
        self.run([manage, *commands.COLLECT_STATIC[1:]])
        if filled.exists():
            return
        self.run([manage, *commands.LOAD_REFERENCE[1:]])
        self.run([manage, "seed", "--events", "--tickets", str(self.tickets)])
        self._index(manage)
        self._vacuum()
        filled.write_text(f"{time.monotonic() - began:.0f} s\n")

    def _index(self, manage: str) -> None:
        """The search's index is made at the end: growing it ticket by ticket takes six times as long."""
        how = self._as_owner(f"SELECT pg_get_indexdef('{INDEX}'::regclass)")
        self._as_owner(f"DROP INDEX {INDEX}")
        self.run([manage, "index_tickets"])
        self._as_owner(how)

    def _as_owner(self, statement: str) -> str:
        connection = psycopg2.connect(self.services.owner_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return str(cursor.fetchone()[0]) if cursor.description else ""
        finally:
            connection.close()

    def _vacuum(self) -> None:
        """What autovacuum does within the hour: without it the first run would measure the seeding."""
        self._as_owner("VACUUM ANALYZE")

    def command(self, name: str) -> tuple[str, ...]:
        if name != BARE:
            return super().command(name)
        web = list(commands.web(f"127.0.0.1:{self.bare_port}"))
        return tuple("benchmarks.bare:application" if word == "config.wsgi:application" else word for word in web)


def quiet() -> None:
    logging.disable(logging.WARNING)
    sys.stdout.reconfigure(line_buffering=True)


def seconds_of(where: Path) -> str:
    return (where / "filled").read_text().strip()
