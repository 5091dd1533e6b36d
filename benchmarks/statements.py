"""The same by hand: what an operation needs of the database at the least."""

ROWS = """
SELECT t.number, t.state, t.text, t.filed_at, c.name, o.name FROM complaints_ticket t
  JOIN communities_compound c ON c.id = t.compound_id LEFT JOIN people_organisation o ON o.id = t.lead_id
 WHERE t.area >= %(first)s AND t.area < %(end)s AND t.state IN ('submitted', 'triage', 'arbitration', 'dispatched', 'accepted')
 ORDER BY t.id DESC LIMIT 25
"""
OPEN = "('submitted', 'triage', 'arbitration', 'dispatched', 'accepted')"
LIST = """SELECT t.id, t.number, t.state, t.text, t.filed_at, c.name, o.name FROM complaints_ticket t
  JOIN communities_compound c ON c.id = t.compound_id LEFT JOIN people_organisation o ON o.id = t.lead_id
 WHERE t.area >= %(first)s AND t.area < %(end)s {also} ORDER BY {order} LIMIT 25"""
DUE = (
    "coalesce(CASE t.state WHEN 'triage' THEN sort_due_at WHEN 'dispatched' THEN accept_due_at ELSE resolve_due_at END, filed_at)"
)
SQL = {
    "list": LIST.format(also=f"AND t.state IN {OPEN}", order=f"t.emergency DESC, {DUE}, t.id"),
    "newest": LIST.format(also="", order="t.id DESC"),
    "deep": LIST.format(also="AND t.id < %(deep)s", order="t.id DESC"),
    "late": LIST.format(
        also="AND (t.state = 'triage' AND t.sort_due_at < now() OR t.state = 'dispatched' AND t.accept_due_at < now()"
        " OR t.state = 'accepted' AND t.resolve_due_at < now())",
        order=f"t.emergency DESC, {DUE}, t.id",
    ),
    "filter": LIST.format(also="AND t.area = %(compound)s AND t.leaf_id = %(leaf)s", order="t.id DESC"),
    "detail": "SELECT * FROM complaints_ticket t JOIN complaints_ticketevent e ON e.ticket_id = t.id WHERE t.number = %(number)s",
    "counts": "SELECT state, count(*) FROM complaints_ticket t WHERE t.area >= %(first)s AND t.area < %(end)s"
    f" AND t.state IN {OPEN} GROUP BY state",
    "accept": "UPDATE complaints_ticket SET version = version + 1 WHERE number = %(number)s",
}
