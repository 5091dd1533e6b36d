"""Telling people: a row first, in the transaction of its cause; sent by a worker afterwards."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models.functions import Now

from audit import actions as audit
from notices.harmless import harmless
from notices.models import Notice
from notices.states import Channel, State
from notices.words import written
from people.actors import Actor
from people.models import User
from people.permissions import may_administer_system
from tenancy import bell, clock, scope
from tenancy.refusals import NotAllowed, NotThere

logger = logging.getLogger(__name__)
MOST_TRIES = 8
FIRST_LEASE = timedelta(seconds=20)
LONGEST_LEASE = timedelta(minutes=10)
WORKER_LOST = "worker lost"
"""The reason kept for an e-mail whose tries all ended with their worker."""


def tell(people: Iterable[User], kind: str, *, area: int, key: str, facts: dict[str, Any], url: str = "") -> int:
    """Make one bell notice per person, and one e-mail for those who have an address; telling twice changes nothing.

    `key` names the cause (for instance `350505001-2611-00000001:3:accepted`). Returns how many rows were asked for.
    """
    rows = []
    for person in people:
        facts_of_row = {"area": area, "kind": kind, "facts": facts, "url": url, "key": key, "user": person}
        rows.append(Notice(channel=Channel.BELL, state=State.SENT, **_made(), **facts_of_row))
        if person.email:
            rows.append(Notice(channel=Channel.EMAIL, state=State.QUEUED, **facts_of_row))
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.state == State.QUEUED for row in rows):
        bell.ring("notices.sweep", to=bell.LATER)
    return len(rows)


def tell_person(person: User, kind: str, *, area: int, key: str, facts: dict[str, Any], url: str = "") -> None:
    """As `tell`, for one who may not stand in `area` or anywhere: the bell's row is the person's alone, the e-mail the place's.

    So the reader finds it whatever became of the matter, and an e-mail that fails shows to the place's administrator.
    """
    row = {"kind": kind, "facts": facts, "url": url, "key": key, "user": person}
    with scope.limited_to(scope.Scope(person=person.pk)):
        own = Notice(area=scope.own_place(person.pk), channel=Channel.BELL, state=State.SENT, **_made(), **row)
        Notice.objects.bulk_create([own], ignore_conflicts=True)
    if person.email:
        mail = Notice(area=area, channel=Channel.EMAIL, state=State.QUEUED, **row)
        Notice.objects.bulk_create([mail], ignore_conflicts=True)
        bell.ring("notices.sweep", to=bell.LATER)


def _made() -> dict[str, datetime]:
    """When the clock stands, a bell's notice is of that moment; else the database says when. An e-mail waits in real time."""
    standing = clock.standing()
    return {"made_at": standing} if standing else {}


# As tickets are claimed for routing: the try is counted and committed before the mail is touched, so that a text that kills its
# worker is set aside after MOST_TRIES like any other failure. What was never tried goes first, one row at a time: a row that
# kills its worker holds up nobody but itself. A lease that runs out while the mail is still being handed over lets nobody in,
# for the row is locked meanwhile (`deliver`).
NEXT = """
  SELECT id FROM notices_notice
   WHERE state = 'queued' AND try_after <= statement_timestamp()
   ORDER BY tries > 0, try_after LIMIT 1 FOR UPDATE SKIP LOCKED"""
CLAIM = """
WITH chosen AS MATERIALIZED ({next})
UPDATE notices_notice notice SET tries = tries + 1,
       try_after = statement_timestamp() + LEAST(%(first)s * power(2, LEAST(tries, 10)), %(longest)s)
  FROM chosen WHERE notice.id = chosen.id
RETURNING notice.id, area, tries
"""


def claim() -> tuple[str, int, int] | None:
    """Claim one e-mail that waits, counting the try: (id, area, tries), or None when nothing is due. Commits at once."""
    with scope.everything(reason="find a notice that waits to be sent"), connection.cursor() as cursor:
        leases: dict[str, Any] = {"first": FIRST_LEASE, "longest": LONGEST_LEASE}
        cursor.execute(CLAIM.format(next=NEXT), leases)
        row = cursor.fetchone()
    return (str(row[0]), row[1], row[2]) if row else None


def deliver(notice_id: str, area: int, tries: int) -> bool:
    """Send one claimed e-mail if it still waits and nobody has claimed it since. True when it went out.

    The row stays locked while the mail is handed over. A worker that dies between hand-over and commit leaves it queued: it is
    sent again with the same Message-ID, so that the receiving server can drop the copy.
    """
    with scope.limited_to(scope.Scope(((area, area + 1),))):
        notice: Notice | None = (
            # Whoever looks for something to claim may hold this row for a moment: waited for, not skipped.
            Notice.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=notice_id, state=State.QUEUED, tries=tries)
            .first()
        )
        if notice is None:
            return False
        if tries > MOST_TRIES:  # no try of these ever came to say what was wrong
            return _not_sent(notice, WORKER_LOST)
        try:
            as_mail(notice).send()
        except Exception as problem:  # whatever one message suffers from, the others must not wait for it
            return _not_sent(notice, type(problem).__name__)
        notice.state, notice.sent_at = State.SENT, clock.now()
        notice.save(update_fields=["state", "sent_at"])
    return True


def _not_sent(notice: Notice, problem: str) -> bool:
    """Keep the reason; after `MOST_TRIES` tries it waits for a system administrator."""
    notice.problem = problem[:200]
    if notice.tries >= MOST_TRIES:
        notice.state = State.FAILED
    notice.save(update_fields=["problem", "state"])
    logger.warning("notice %s not sent: %s", notice.pk, problem)
    return False


def as_mail(notice: Notice) -> EmailMessage:
    """A notice as an e-mail to its reader, in their language; what people typed makes no link."""
    facts = {name: harmless(fact) if isinstance(fact, str) else fact for name, fact in notice.facts.items()}
    subject, body = written(notice.kind, facts, language=notice.user.language)
    return EmailMessage(
        subject=subject.replace("\n", " "),
        body=f"{body}\n\n{settings.MULIN_PUBLIC_URL}{notice.url}\n" if notice.url else body,
        to=[notice.user.email],
        headers={"Message-ID": f"<{notice.pk}@mulin>"},
    )


@transaction.atomic
def read(notice_id: str, *, by: Actor) -> Notice:
    """The reader has opened a notice. Raises NotThere for anybody else's."""
    notice: Notice | None = Notice.objects.filter(pk=notice_id, user_id=by.id, channel=Channel.BELL).first()
    if notice is None:
        raise NotThere
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=Now())
    return notice


@transaction.atomic
def read_all(*, by: Actor) -> int:
    """Mark everything in the bell as read; returns how many were unread. Where the clock stands, what came until then."""
    unread = Notice.objects.filter(user_id=by.id, channel=Channel.BELL, read_at=None)
    standing = clock.standing()
    if standing is not None:
        unread = unread.filter(made_at__lte=standing)
    return int(unread.update(read_at=standing or Now()))


@transaction.atomic
def try_failed_again(*, by: Actor) -> int:
    """Put the given-up notices of the scope in force back in the queue, once their cause is mended; returns how many.

    Raises NotAllowed for anybody but a system administrator.
    """
    if not may_administer_system(by):
        raise NotAllowed
    failed = Notice.objects.filter(state=State.FAILED)
    changed = int(failed.update(state=State.QUEUED, tries=0, try_after=Now(), problem=""))
    if changed:
        audit.record("notices", "notices.tried_again", by=by, area=audit.INSTALLATION, after={"notices": changed})
        bell.ring("notices.sweep", to=bell.LATER)
    return changed
