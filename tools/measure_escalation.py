"""Escalation among very many open tickets: `python -m tools.measure_escalation [TICKETS]`, on a scratch database of its own.

Sows a million open tickets (by default) whose oldest ten are overdue, without going through the actions, and shows that the
first portion of the sweep takes those ten, how long it took, and by which index they were found.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OVERDUE = 10

TICKETS = """
INSERT INTO complaints_ticket (area, number, version, state, compound_id, spot, text, channel, reporter_id, reporter_name,
    reporter_phone, anonymous, confidential, public, filed_at, filed_by_id, leaf_id, urgency_id, emergency, restricted, lead_id,
    why_here, returns, arbitrated, calendar, dispatched_at, accept_due_at, contact_due_at, resolve_due_at, alarm_at, answer,
    rating_text, route_tries, route_after)
SELECT area, 'MANY-' || lpad(n::text, 10, '0'), 2, 'dispatched', compound_id, spot, text, channel, reporter_id, '', '',
       false, false, false, at, filed_by_id, leaf_id, urgency_id, false, false, lead_id, '{}', 0, false, 0, at,
       at + interval '8 hours', at + interval '24 hours', at + interval '9 days', at + interval '4 hours', '', '', 1, at
  FROM (SELECT t.*, n, CASE WHEN n <= %(overdue)s THEN now() - interval '30 days' + n * interval '1 hour'
                            ELSE now() + n * interval '1 millisecond' END AS at
          FROM complaints_ticket t, generate_series(1, %(total)s) AS n WHERE t.id = %(like)s) AS copies
"""
LINES = """
INSERT INTO complaints_clockline (area, ticket_id, clock, mark, at, by_id, party, organisation_id, amount, unit, calendar, reason)
SELECT t.area, t.id, line.clock, line.mark, t.dispatched_at, t.filed_by_id, line.party,
       CASE line.party WHEN 'lead' THEN t.lead_id END, line.amount, line.unit, 0, ''
  FROM complaints_ticket t,
       (VALUES ('turn', 'hand_over', 'lead', NULL::int, ''), ('accept', 'start', '', 480, 'minutes'),
               ('contact', 'start', '', 1440, 'minutes'), ('resolve', 'start', '', 5, 'days'))
       AS line (clock, mark, party, amount, unit)
 WHERE t.number LIKE 'MANY-%%'
"""
FIND = "SELECT id, area FROM complaints_ticket WHERE alarm_at <= now() ORDER BY alarm_at LIMIT 20"


def sow(total: int, *, like: int) -> None:
    """Sow `total` open tickets like the one with this id, the first OVERDUE of them overdue for weeks. Needs a scope."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TICKETS, {"total": total, "overdue": OVERDUE, "like": like})
        cursor.execute(LINES)
        cursor.execute("ANALYZE complaints_ticket")


def main(total: int) -> None:
    """Start the scratch database, sow, sweep once, and say what was seen."""
    from config.embedded import Embedded

    embedded = Embedded(ROOT / "var" / "scratch")
    os.environ |= {**embedded.start().environment(), "MULIN_ENV": "demo", "MULIN_DB_ROLE": "owner"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from complaints.actions import escalation
    from complaints.models import Alarm, Ticket
    from tenancy import scope

    try:
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        call_command("seed", tickets=2000, verbosity=0)
        with scope.everything(reason="measure escalation"):
            began = time.monotonic()
            sow(total, like=Ticket.objects.filter(state="dispatched").values_list("pk", flat=True)[0])
            print(f"{total} open tickets sown in {time.monotonic() - began:.0f} s")
            Ticket.objects.exclude(number__startswith="MANY-").update(alarm_at=None)
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {FIND}")
                print(*(row[0] for row in cursor.fetchall()), sep="\n")
        began = time.monotonic()
        raised = escalation.raise_due(20)
        seconds = time.monotonic() - began
        with scope.everything(reason="measure escalation"):
            numbers = sorted(set(Alarm.objects.values_list("ticket__number", flat=True)))
        print(f"first portion: {raised} tickets in {seconds:.2f} s: {numbers[0]} … {numbers[-1]}")
        assert numbers == [f"MANY-{n:010}" for n in range(1, OVERDUE + 1)], numbers
    finally:
        embedded.stop()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
