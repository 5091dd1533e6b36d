"""The statement that sows: what is drawn, what follows from it, and which column gets what.

Draws are `random()` after `setseed`, so a run with the same seed on an empty database gives the same rows. Deadlines run on
the wall clock and working days count 7/5: near enough for measuring, where the real ones ask a calendar.
"""

TEMPORARY = """
DROP TABLE IF EXISTS seed_plot, seed_text, seed_office;
CREATE TEMPORARY TABLE seed_plot (n int PRIMARY KEY, area bigint, compound_id bigint, buildings bigint[], residents bigint[],
    firm bigint, firm_person bigint, street bigint, street_person bigint);
CREATE TEMPORARY TABLE seed_text (n int PRIMARY KEY, text text, leaf text, lead_kind text, urgency text, emergency bool,
    restricted bool, why jsonb, accept int, contact int, onsite int, workdays int);
CREATE TEMPORARY TABLE seed_office (county int, kind text, body bigint, person bigint, PRIMARY KEY (county, kind));
"""

# Old tickets have ended, those of the last days are on their way; nothing waits for routing, for a worker would be at it.
STATE = """
CASE WHEN filed_at < %(now)s - interval '20 days' THEN
        CASE WHEN luck < 0.93 THEN 'closed' WHEN luck < 0.97 THEN 'cancelled' WHEN luck < 0.99 THEN 'refused' ELSE 'rated' END
     WHEN filed_at < %(now)s - interval '3 days' THEN
        CASE WHEN luck < 0.35 THEN 'closed' WHEN luck < 0.55 THEN 'rated' WHEN luck < 0.70 THEN 'resolved'
             WHEN luck < 0.85 THEN 'accepted' WHEN luck < 0.92 THEN 'dispatched' WHEN luck < 0.95 THEN 'cancelled'
             WHEN luck < 0.98 THEN 'triage' ELSE 'refused' END
     ELSE
        CASE WHEN luck < 0.30 THEN 'dispatched' WHEN luck < 0.55 THEN 'accepted' WHEN luck < 0.75 THEN 'resolved'
             WHEN luck < 0.85 THEN 'rated' WHEN luck < 0.95 THEN 'triage' WHEN luck < 0.98 THEN 'cancelled' ELSE 'refused' END
END
"""
CHANNEL = "CASE WHEN way < 0.80 THEN 'web' WHEN way < 0.90 THEN 'phone' WHEN way < 0.96 THEN 'patrol' ELSE 'qr' END"

TICKETS = """
WITH drawn AS MATERIALIZED (
    SELECT g, random() AS here, random() AS about, random() AS luck, random() AS way, random() AS pace, random() AS mood,
           -- More of them lately than long ago, for use grows.
           %(now)s - %(spread)s * power(1 - g / %(total)s::float, 1.5) - random() * interval '6 hours' - interval '1 minute'
               AS filed_at
      FROM generate_series(%(first)s, %(last)s) AS g
), placed AS MATERIALIZED (
    -- Some compounds complain more than others.
    SELECT d.*, p.area, p.compound_id, p.buildings, p.residents, p.firm, p.firm_person, p.street, p.street_person, t.text,
           t.leaf, t.urgency, t.emergency, t.restricted, t.why, t.accept, t.contact, t.onsite, t.workdays, t.lead_kind,
           {state} AS state, {channel} AS channel
      FROM drawn d
      JOIN seed_plot p ON p.n = 1 + floor(power(d.here, 1.4) * (SELECT count(*) FROM seed_plot))::int
      JOIN seed_text t ON t.n = 1 + floor(d.about * (SELECT count(*) FROM seed_text))::int
), sent AS MATERIALIZED (
    SELECT p.*, p.state NOT IN ('triage', 'refused') AS sent,
           CASE WHEN p.lead_kind = 'PM' THEN p.firm ELSE coalesce(o.body, p.street) END AS body,
           CASE WHEN p.lead_kind = 'PM' THEN p.firm_person ELSE coalesce(o.person, p.street_person) END AS person,
           p.state IN ('accepted', 'resolved', 'rated', 'closed') AS taken,
           p.state IN ('resolved', 'rated', 'closed') AS done,
           p.state = 'rated' OR (p.state = 'closed' AND p.mood < 0.6) AS judged,
           p.state IN ('closed', 'cancelled', 'refused') AS over,
           -- What happened after filing fits between then and now.
           LEAST(p.workdays * 7 / 5.0 * (0.2 + p.pace) * interval '1 day', (%(now)s - p.filed_at) * 0.9) AS took
      FROM placed p
      LEFT JOIN seed_office o ON o.county = p.area / 1000000000 AND o.kind = p.lead_kind
), made AS (
    INSERT INTO complaints_ticket ({columns})
    SELECT {values} FROM sent ORDER BY g
    ON CONFLICT (number) DO NOTHING
    RETURNING *
)
"""

COLUMNS = {
    "area": "area",
    # Eight digits that go through all values once, so that no two of a run are the same.
    "number": "format('%%s-%%s-%%s', area / 1000000, to_char(filed_at, 'YYMM'),"
    " lpad((((g + %(offset)s)::bigint * 37649213 + 11) %% 100000000)::text, 8, '0'))",
    "version": "CASE state WHEN 'triage' THEN 2 WHEN 'dispatched' THEN 2 WHEN 'resolved' THEN 4 WHEN 'rated' THEN 5"
    " WHEN 'closed' THEN CASE WHEN judged THEN 6 ELSE 5 END ELSE 3 END",
    "state": "state",
    "compound_id": "compound_id",
    "building_id": "CASE WHEN pace < 0.7 THEN buildings[1 + floor(mood * array_length(buildings, 1))::int] END",
    "home_id": "NULL::bigint",
    "spot": "CASE WHEN pace > 0.7 THEN '小区' || (1 + floor(mood * 9)::int)::text || '号门附近' ELSE '' END",
    "text": "(%(openings)s::text[])[1 + floor(way * array_length(%(openings)s::text[], 1))::int] || text"
    " || (%(endings)s::text[])[1 + floor(pace * array_length(%(endings)s::text[], 1))::int]",
    "text_masked": "''",
    "channel": "channel",
    "reporter_id": "CASE WHEN channel = 'web' THEN residents[1 + floor(mood * array_length(residents, 1))::int] END",
    "reporter_name": "CASE channel WHEN 'patrol' THEN '' WHEN 'qr' THEN '' ELSE '测量示例' END",
    "reporter_phone": "''",
    "anonymous": "channel = 'web' AND way < 0.03",
    "confidential": "restricted OR way BETWEEN 0.03 AND 0.04",
    "public": "state = 'closed' AND NOT restricted AND way BETWEEN 0.5 AND 0.55",
    "public_text": "CASE WHEN state = 'closed' AND NOT restricted AND way BETWEEN 0.5 AND 0.55 THEN text ELSE '' END",
    "filed_at": "filed_at",
    "filed_by_id": "CASE channel WHEN 'web' THEN residents[1 + floor(mood * array_length(residents, 1))::int]"
    " WHEN 'phone' THEN street_person WHEN 'patrol' THEN firm_person ELSE %(visitor)s END",
    "leaf_id": "CASE WHEN sent OR pace < 0.5 THEN leaf END",
    "urgency_id": "CASE WHEN sent THEN urgency END",
    "emergency": "emergency",
    "restricted": "sent AND restricted",
    "lead_id": "CASE WHEN sent THEN body END",
    "why_here": "CASE WHEN sent THEN why || jsonb_build_object('record', jsonb_build_object('kind', 'organisation', 'id', body))"
    " ELSE jsonb_build_object('source', 'keywords', 'reason', 'unsure') END",
    "dispatched_at": "CASE WHEN sent THEN filed_at + interval '3 seconds' END",
    "accept_due_at": "CASE WHEN sent THEN filed_at + accept * interval '1 minute' END",
    "contact_due_at": "CASE WHEN sent THEN filed_at + contact * interval '1 minute' END",
    "onsite_due_at": "CASE WHEN sent THEN filed_at + onsite * interval '1 minute' END",
    "resolve_due_at": "CASE WHEN sent THEN filed_at + workdays * 7 / 5.0 * interval '1 day' END",
    "accepted_at": "CASE WHEN taken THEN filed_at + took * 0.1 END",
    "accepted_by_id": "CASE WHEN taken THEN person END",
    "resolved_at": "CASE WHEN done THEN filed_at + took END",
    "resolved_by_id": "CASE WHEN done THEN person END",
    "answer": "CASE WHEN done THEN '已到现场处理完毕，结果在公示栏公布。（测量示例）' ELSE '' END",
    "result": "CASE WHEN judged THEN CASE WHEN pace < 0.85 THEN 'solved' ELSE 'unsolved' END ELSE '' END",
    "manner": "CASE WHEN judged THEN CASE WHEN pace < 0.85 THEN 'good' ELSE 'bad' END ELSE '' END",
    "satisfied": "CASE WHEN judged THEN pace < 0.85 END",
    "score": "CASE WHEN judged THEN CASE WHEN pace < 0.6 THEN 5 WHEN pace < 0.85 THEN 4 ELSE 2 END END",
    "rating_text": "''",
    "rated_at": "CASE WHEN judged THEN filed_at + took + (%(now)s - filed_at - took) * 0.3 END",
    "ended_at": "CASE WHEN over THEN filed_at + took + (%(now)s - filed_at - took) * 0.5 END",
    "route_tries": "1",
    "route_after": "filed_at",
}

EVENTS = """
, noted AS (
    INSERT INTO complaints_ticketevent ({columns})
    SELECT {values}
      FROM made m
     CROSS JOIN LATERAL (VALUES
        (1, 'filed', '', 'submitted', m.filed_at, m.filed_by_id, m.reporter_id IS NOT NULL, NULL::bigint, '', true),
        (2, CASE WHEN m.lead_id IS NULL THEN 'triaged' ELSE 'routed' END, 'submitted',
            CASE WHEN m.lead_id IS NULL THEN 'triage' ELSE 'dispatched' END, coalesce(m.dispatched_at, m.filed_at), %(system)s,
            false, NULL, '', true),
        (3, 'accepted', 'dispatched', 'accepted', m.accepted_at, m.accepted_by_id, false, m.lead_id, '', true),
        (4, 'resolved', 'accepted', 'resolved', m.resolved_at, m.resolved_by_id, false, m.lead_id, m.answer, true),
        (5, 'rated', 'resolved', 'rated', m.rated_at, coalesce(m.reporter_id, m.filed_by_id), m.reporter_id IS NOT NULL,
            NULL, '', true),
        (CASE WHEN m.state IN ('cancelled', 'refused', 'closed') THEN m.version END, m.state,
            CASE WHEN m.state = 'refused' THEN 'triage' WHEN m.state = 'cancelled' THEN 'dispatched'
                 WHEN m.rated_at IS NULL THEN 'resolved' ELSE 'rated' END,
            m.state, m.ended_at, %(system)s, false, NULL, '', true)
     ) AS e (version, kind, old_state, new_state, at, by_id, by_reporter, organisation_id, text, told)
     WHERE e.version IS NOT NULL AND e.at IS NOT NULL
     RETURNING 1
)
"""

# The ledger of what is still open, as `complaints.actions.timing` writes it; what has ended is not asked for its clocks.
LINES = """
, kept AS (
    INSERT INTO complaints_clockline
           (area, ticket_id, at, by_id, clock, mark, party, organisation_id, amount, unit, calendar, reason)
    SELECT m.area, m.id, l.at, l.by_id, l.clock, l.mark, l.party, l.organisation_id, l.amount,
           CASE WHEN l.amount IS NULL THEN '' WHEN l.clock = 'resolve' THEN 'days'
                WHEN m.emergency OR m.urgency_id = 'U1' THEN 'wall' ELSE 'minutes' END, 0, ''
      FROM made m
      LEFT JOIN complaints_urgency u ON u.code = m.urgency_id
     CROSS JOIN LATERAL (VALUES
        (1, true, 'turn', 'hand_over', 'system', NULL::bigint, NULL::int, m.filed_at, m.filed_by_id),
        (2, true, 'sort', 'start', '', NULL, CASE WHEN m.emergency THEN 5 ELSE 60 END, m.filed_at, m.filed_by_id),
        (3, m.state = 'triage', 'turn', 'hand_over', 'street', NULL, NULL, m.filed_at + interval '3 seconds', %(system)s),
        (4, m.state <> 'triage', 'sort', 'stop', '', NULL, NULL, m.dispatched_at, %(system)s),
        (5, m.state <> 'triage', 'turn', 'hand_over', 'lead', m.lead_id, NULL, m.dispatched_at, %(system)s),
        (6, m.state <> 'triage', 'accept', 'start', '', NULL, u.accept_minutes, m.dispatched_at, %(system)s),
        (7, m.state <> 'triage', 'contact', 'start', '', NULL, u.first_contact_minutes, m.dispatched_at, %(system)s),
        (8, m.state <> 'triage', 'resolve', 'start', '', NULL, u.resolve_workdays, m.dispatched_at, %(system)s),
        (9, m.state <> 'triage' AND u.onsite_minutes IS NOT NULL, 'onsite', 'start', '', NULL, u.onsite_minutes,
            m.dispatched_at, %(system)s),
        (10, m.state = 'accepted', 'accept', 'stop', '', NULL, NULL, m.accepted_at, m.accepted_by_id)
     ) AS l (n, so, clock, mark, party, organisation_id, amount, at, by_id)
     WHERE l.so AND m.state IN ('triage', 'dispatched', 'accepted')
     ORDER BY m.id, l.n
)
"""
COUNT_ALL = "SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM noted)"
COUNT = "SELECT count(*), 0 FROM made"
EVENT_COLUMNS = {
    "area": "m.area",
    "ticket_id": "m.id",
    "at": "e.at",
    "by_id": "e.by_id",
    "by_reporter": "e.by_reporter",
    "organisation_id": "e.organisation_id",
    "kind": "e.kind",
    "old_state": "e.old_state",
    "new_state": "e.new_state",
    "version": "e.version",
    "text": "e.text",
    "told": "e.told",
}
