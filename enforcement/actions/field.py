"""What phones send from a visit: taken in once each, in any order, by anybody's signal; nothing sent is thrown away.

A change says which version of its item the phone knew. If somebody else said something different meanwhile, both are kept and an
officer of the bureau chooses; the item bears `conflict` until then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import queries as communities
from communities.models import Building
from enforcement import finding_queries, numbers, visit_queries
from enforcement.actions import visits
from enforcement.finding_states import FindingEventKind, Party
from enforcement.models import Change, FieldPhoto, Finding, FindingEvent, Line, Member, Visit
from enforcement.visit_states import ChangeKind, MemberState, Outcome, PresentRole, Result, VisitState
from files import actions as files
from files.images import Photo as CleanPhoto
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean

MOST_AT_ONCE = 200
LONGEST_TEXT, LONGEST_SPOT, LONGEST_NAME = 300, 60, 60
LONGEST_AHEAD = timedelta(minutes=10)
"""How far a phone's clock may run ahead before its times are not believed."""
MOST_PHOTOS = 500
"""Of one visit."""
TRIES = 5


@dataclass(frozen=True)
class Sent:
    """One change as the phone says it. `key` is made there; `based_on` is the version of the item that it knew."""

    key: UUID
    kind: str
    order: int
    made_at: datetime
    line: int | None = None
    based_on: int = 0
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of one change. `words` say why when it was refused; `repeated` when it had come before."""

    key: UUID
    outcome: str
    code: str = ""
    words: str | Promise = ""
    repeated: bool = False
    line: Line | None = None


@transaction.atomic
def take(number: str, sent: Sequence[Sent], *, by: Actor) -> list[Taken]:
    """Take in what a phone sends, each change once, in the order given; what cannot be applied is kept with the reason.

    By officers of the visit, for items of their own bureau. Raises NotThere, NotAllowed, and Refusal when there are too many.
    """
    if len(sent) > MOST_AT_ONCE:
        raise Refusal(_("At most %(most)d changes at once.") % {"most": MOST_AT_ONCE}, field="changes", code="too_many")
    visit = visit_queries.get(by, number)
    member = _own_member(visit, by)
    before = {row.key: row for row in Change.objects.filter(visit=visit, key__in=[each.key for each in sent])}
    wanted = sorted({each.line for each in sent if each.line is not None})
    lines = {row.pk: row for row in Line.objects.select_for_update().filter(visit=visit, pk__in=wanted).order_by("pk")}
    answers = []
    for each in sent:
        if each.key in before:
            answers.append(_again(before[each.key], lines))
            continue
        answer = _Taking(visit, member, lines.get(each.line or 0), each, by).take()
        before[each.key] = Change(key=each.key, outcome=answer.outcome, code=answer.code, line=answer.line)
        answers.append(answer)
    return answers


def _own_member(visit: Visit, by: Actor) -> Member:
    """The bureau for which the actor goes along, locked: two phones of one bureau one after the other, and not while it signs."""
    held = visit.officers.filter(user_id=by.id).values("member")
    row: Member | None = Member.objects.select_for_update().filter(pk__in=held).first()
    if row is None:
        raise NotAllowed(_("Only an officer of this visit may record what was found."))
    return row


def _again(row: Change, lines: Mapping[int, Line]) -> Taken:
    return Taken(row.key, row.outcome, row.code, WORDS.get(row.code, ""), repeated=True, line=lines.get(row.line_id or 0))


class _Refused(Exception):
    def __init__(self, code: str, words: str | Promise = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words or WORDS[code]


WORDS: dict[str, str | Promise] = {
    "not_under_way": _("The visit is not under way."),
    "signed": _("The bureau has signed already. What you sent is kept on record."),
    "no_such_item": _("This item is not part of the visit."),
    "not_yours": _("Only the competent bureau concludes this item."),
    "clock": _("The phone's clock is wrong: this was made in the future."),
    "invalid": _("This cannot be read."),
}


@dataclass
class _Taking:
    """One change, on its way into the rows it concerns."""

    visit: Visit
    member: Member
    line: Line | None
    sent: Sent
    by: Actor

    def take(self) -> Taken:
        outcome, code, words = Outcome.APPLIED, "", WORDS.get("", "")
        try:
            with transaction.atomic():
                outcome = self._apply()
        except _Refused as refused:
            outcome, code, words = Outcome.REFUSED, refused.code, refused.words
        except Refusal as refusal:
            outcome, code, words = Outcome.REFUSED, refusal.code[:40], refusal.message
        Change.objects.create(
            area=self.visit.area,
            key=self.sent.key,
            visit=self.visit,
            line=self.line,
            kind=self.sent.kind,
            order=self.sent.order,
            based_on=self.sent.based_on,
            made_at=self.sent.made_at,
            by_id=self.by.id,
            said=dict(self.sent.said),
            outcome=outcome,
            code=code,
        )
        return Taken(self.sent.key, outcome, code, words, line=self.line)

    def _apply(self) -> Outcome:
        if self.sent.made_at > clock.now() + LONGEST_AHEAD:
            raise _Refused("clock")
        self._under_way()
        if self.sent.kind == ChangeKind.PRESENT:
            return self._present()
        if self.line is None:
            raise _Refused("no_such_item")
        if self.line.member_id != self.member.pk:
            raise _Refused("not_yours")
        return self._result(self.line) if self.sent.kind == ChangeKind.RESULT else self._finding(self.line)

    def _under_way(self) -> None:
        """The first thing said on the spot begins an approved visit, at the time it was said."""
        if self.member.state == MemberState.SIGNED:
            raise _Refused("signed")
        if self.visit.state == VisitState.APPROVED:
            self.visit = visit_queries.get(self.by, self.visit.number, lock=True)
            if self.visit.state == VisitState.APPROVED:
                visits.begin(self.visit, by=self.by, at=self.sent.made_at)
        if self.visit.state != VisitState.UNDER_WAY:
            raise _Refused("not_under_way")

    def _present(self) -> Outcome:
        role = self.sent.said.get("role", "")
        if role not in PresentRole.values:
            raise _Refused("invalid")
        name = clean(f"{self.sent.said.get('name', '')}", field="name", longest=30, required=False)
        Visit.objects.filter(pk=self.visit.pk).update(present_role=role, present_name=name)
        self.visit.present_role, self.visit.present_name = role, name
        audit.record(self.visit, "visit.present", by=self.by, area=self.visit.area, after={"role": role})
        return Outcome.APPLIED

    def _result(self, line: Line) -> Outcome:
        result = self.sent.said.get("result", "")
        if result not in Result.values:
            raise _Refused("invalid")
        text = clean(f"{self.sent.said.get('text', '')}", field="text", longest=LONGEST_TEXT, required=False)
        known = self.sent.based_on == line.version
        if not known and (line.result, line.text) != (result, text):
            line.conflict = True
            line.version += 1
            line.save(update_fields=["conflict", "version"])
            return Outcome.CONFLICT
        line.result, line.text, line.conflict = result, text, line.conflict and not known
        line.made_at, line.made_by = self.sent.made_at, self.by.user
        line.version += 1
        line.save(update_fields=["result", "text", "conflict", "made_at", "made_by", "version"])
        return Outcome.APPLIED

    def _finding(self, line: Line) -> Outcome:
        said = self.sent.said
        if said.get("party") not in Party.values:
            raise _Refused("invalid")
        row = Finding(
            area=self.visit.area,
            key=self.sent.key,
            visit=self.visit,
            member=self.member,
            line=line,
            item_id=line.item_id,
            organisation_id=self.member.organisation_id,
            building=self._building(said.get("building")),
            spot=clean(f"{said.get('spot', '')}", field="spot", longest=LONGEST_SPOT),
            text=clean(f"{said.get('text', '')}", field="text", longest=LONGEST_TEXT),
            party=said["party"],
            party_name=clean(f"{said.get('party_name', '')}", field="party_name", longest=LONGEST_NAME, required=False),
            party_organisation_id=finding_queries.party_organisation(self.visit.area, said["party"]),
            found_at=self.sent.made_at,
            found_by_id=self.by.id,
        )
        _numbered(row)
        FindingEvent.objects.create(
            area=row.area,
            finding=row,
            at=clock.now(),
            by_id=self.by.id,
            kind=FindingEventKind.FOUND,
            state=row.state,
            version=1,
            text=row.text,
        )
        audit.record(row, "finding.found", by=self.by, area=row.area, after={"visit": self.visit.number, "item": line.item_id})
        return Outcome.APPLIED

    def _building(self, building: object) -> Building | None:
        if building in (None, ""):
            return None
        found = communities.buildings(self.visit.area).filter(pk=building).first() if isinstance(building, int) else None
        if found is None:
            raise Refusal(_("There is no such building here."), field="building")
        return found


def _numbered(row: Finding) -> None:
    """Save it under a number of its own; of two that drew the same the second draws again."""
    for left in reversed(range(TRIES)):
        row.number = numbers.new_number(numbers.FINDING, row.area, clock.now())
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return
        except IntegrityError:
            if not left or not Finding.objects.filter(number=row.number).exists():
                raise


@dataclass(frozen=True)
class Taking:
    """When and where a photo was taken, as the phone says: degrees × 10⁶ (WGS 84), accuracy in whole metres."""

    key: UUID
    taken_at: datetime
    line: int | None = None
    change: UUID | None = None
    latitude: int | None = None
    longitude: int | None = None
    accuracy: int | None = None


@transaction.atomic
def keep_photo(number: str, taken: Taking, photo: CleanPhoto, *, by: Actor) -> tuple[FieldPhoto, bool]:
    """Keep a photo, once; True when it had come before. Raises NotThere, NotAllowed, Refusal.

    It is kept also when its item or finding has not arrived, or was refused: a photo once taken is not lost.
    """
    visit = visit_queries.get(by, number)
    member = _own_member(visit, by)
    before = FieldPhoto.objects.filter(visit=visit, key=taken.key).first()
    if before is not None:
        return before, True
    if visit.state not in {VisitState.APPROVED, VisitState.UNDER_WAY, VisitState.CONCLUDED}:
        raise Refusal(WORDS["not_under_way"], code="not_under_way")
    if FieldPhoto.objects.filter(visit=visit).count() >= MOST_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MOST_PHOTOS}, code="too_many")
    line = Line.objects.filter(visit=visit, member=member, pk=taken.line).first() if taken.line is not None else None
    if taken.line is not None and line is None:
        raise NotThere
    if (taken.latitude is None) != (taken.longitude is None):
        raise Refusal(_("Latitude and longitude stand together."), field="latitude")
    (kept,) = files.keep([photo], area=visit.area, by=by)
    row = FieldPhoto.objects.create(
        area=visit.area,
        key=taken.key,
        visit=visit,
        line=line,
        change=taken.change,
        photo=kept,
        taken_at=taken.taken_at,
        latitude=taken.latitude,
        longitude=taken.longitude,
        accuracy=taken.accuracy,
        by_id=by.id,
    )
    audit.record(visit, "visit.photo", by=by, area=visit.area, after={"photo": f"{taken.key}"})
    return row, False


def conflicts(visit: Visit) -> dict[int, list[Change]]:
    """What was said differently of each item that bears `conflict`, oldest first."""
    rows: Iterable[Change] = Change.objects.filter(visit=visit, line__conflict=True, kind=ChangeKind.RESULT).select_related("by")
    found: dict[int, list[Change]] = {}
    for row in rows:
        found.setdefault(row.line_id or 0, []).append(row)
    return found
