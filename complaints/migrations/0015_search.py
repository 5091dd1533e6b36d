"""The index of what stands on tickets. It is no model: the app role reads and writes it through two functions and nothing else.

Operators on arrays are not leakproof, so under row-level security PostgreSQL would not use their index. The table therefore has
no policy and no rights for the app role; the functions belong to the owner, and join the tickets, whose policy binds the owner too.
"""

from django.db import migrations

TABLE = """
CREATE TABLE complaints_searchentry (
    ticket_id bigint PRIMARY KEY REFERENCES complaints_ticket (id) ON DELETE CASCADE,
    words int[] NOT NULL,
    sight bigint[] NOT NULL
);
CREATE INDEX complaints_searchentry_words ON complaints_searchentry USING gin (words, sight) WITH (fastupdate = off);
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mulin_app') THEN
    REVOKE ALL ON complaints_searchentry FROM mulin_app; END IF; END $$;
"""
# As `complaints.indexing.sight_of` puts it: places by their codes, a public ticket's compound by the code below zero,
# organisations above 10^16, people above 2 * 10^16. It narrows; who sees a ticket `visible_to` says.
SIGHT = """
CREATE FUNCTION complaints_sight(t complaints_ticket) RETURNS bigint[] LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_remove(ARRAY[
        t.area - t.area % 10000000000000, t.area - t.area % 100000000000, t.area - t.area % 1000000000,
        t.area - t.area % 1000000, t.area - t.area % 1000, t.area, CASE WHEN t.public THEN -t.area END,
        10000000000000000 + t.lead_id, 20000000000000000 + t.reporter_id, 20000000000000000 + t.filed_by_id], NULL)
        || ARRAY(SELECT 10000000000000000 + a.organisation_id FROM complaints_assist a
                  WHERE a.ticket_id = t.id AND a.area = t.area AND a.state <> 'ended')
$$;
CREATE FUNCTION complaints_sight_changed() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'complaints_ticket' THEN
        UPDATE complaints_searchentry e SET sight = complaints_sight(NEW) WHERE e.ticket_id = NEW.id;
    ELSE
        UPDATE complaints_searchentry e SET sight = complaints_sight(t) FROM complaints_ticket t
         WHERE t.id = NEW.ticket_id AND e.ticket_id = t.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER complaints_ticket_sight AFTER UPDATE OF area, lead_id, public ON complaints_ticket FOR EACH ROW
    WHEN ((OLD.area, OLD.lead_id, OLD.public) IS DISTINCT FROM (NEW.area, NEW.lead_id, NEW.public))
    EXECUTE FUNCTION complaints_sight_changed();
CREATE TRIGGER complaints_assist_sight AFTER INSERT OR UPDATE OF state, area ON complaints_assist FOR EACH ROW
    EXECUTE FUNCTION complaints_sight_changed();
"""
KEEP = """
CREATE FUNCTION complaints_index(tickets bigint[], found text[]) RETURNS bigint LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH kept AS (
        INSERT INTO complaints_searchentry (ticket_id, words, sight)
        SELECT t.id, given.words::int[] || (-(t.id >> 13) - 1)::int, complaints_sight(t)
          FROM unnest(tickets, found) AS given (id, words) JOIN complaints_ticket t ON t.id = given.id
        ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words, sight = excluded.sight
        RETURNING 1)
    SELECT count(*) FROM kept
$$;
CREATE FUNCTION complaints_unindexed(beyond bigint, most int) RETURNS SETOF bigint LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id FROM complaints_ticket t
     WHERE t.id > beyond AND NOT EXISTS (SELECT FROM complaints_searchentry e WHERE e.ticket_id = t.id)
     ORDER BY t.id LIMIT most
$$;
"""
# The newest blocks of 8,192 neighbouring tickets are asked first, one after the other: of a common word they hold enough. Else all
# is asked at once, and unless that is too much it is taken; a common word in a place where it is rare goes on block by block.
FIND = """
CREATE FUNCTION complaints_search(wanted int[], seen bigint[], before bigint, most int) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    few CONSTANT int := 2000;
    newest CONSTANT int := 3;
    clause CONSTANT text := ' FROM complaints_searchentry e WHERE e.words @> $1 AND e.ticket_id + 0 < $3'
        || CASE WHEN seen IS NULL THEN '' ELSE ' AND e.sight && $2' END;
    start CONSTANT bigint := LEAST(before - 1, COALESCE((SELECT max(ticket_id) FROM complaints_searchentry), 0)) >> 13;
    got bigint[];
    found bigint;
    count int := 0;
BEGIN
    FOR block IN REVERSE start .. 0 LOOP
        IF block = start - newest THEN
            EXECUTE 'SELECT array_agg(ticket_id) FROM (SELECT e.ticket_id' || clause || ' LIMIT $4) hits'
               INTO got USING wanted, seen, LEAST(before, (block + 1)::bigint << 13), few + 1;
            IF got IS NULL OR cardinality(got) <= few THEN
                RETURN QUERY SELECT t.id FROM complaints_ticket t WHERE t.id = ANY (got) ORDER BY t.id DESC LIMIT most - count;
                RETURN;
            END IF;
        END IF;
        FOR found IN EXECUTE 'SELECT t.id FROM (SELECT e.ticket_id' || clause || ') hits'
            || ' JOIN complaints_ticket t ON t.id = hits.ticket_id ORDER BY t.id DESC LIMIT $4'
            USING wanted || (-block - 1)::int, seen, before, most - count LOOP
            RETURN NEXT found;
            count := count + 1;
        END LOOP;
        EXIT WHEN count >= most;
    END LOOP;
END $$;
"""
BACK = """
DROP TRIGGER complaints_assist_sight ON complaints_assist;
DROP TRIGGER complaints_ticket_sight ON complaints_ticket;
DROP FUNCTION complaints_search(int[], bigint[], bigint, int);
DROP FUNCTION complaints_unindexed(bigint, int);
DROP FUNCTION complaints_index(bigint[], text[]);
DROP FUNCTION complaints_sight_changed();
DROP FUNCTION complaints_sight(complaints_ticket);
DROP TABLE complaints_searchentry;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0014_exchange")]

    operations = [migrations.RunSQL(TABLE + SIGHT + KEEP + FIND, BACK)]
