"""Reads over papers of joint visits, their templates and their numbers. `visible_to` says who sees which."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from enforcement import visit_queries
from enforcement.models import Finding, Member, Paper, PaperCounter, PaperTemplate, PaperWord, Visit
from enforcement.paper_kinds import DECIDED, ISSUING, ORDERED, SHORT, PaperKind, TemplateState
from enforcement.paper_permissions import READING_REGISTERS, WATCHING, may_issue, may_keep_templates, may_read_register
from enforcement.visit_queries import within
from enforcement.visit_states import MemberState, VisitKind
from people.actors import Actor
from people.models import Organisation
from people.queries import place_names
from people.roles import DEPARTMENT, PROPERTY, Role
from tenancy import areas, scope
from tenancy.refusals import NotThere

HEAVY = ("content",)


def visible_to(actor: Actor) -> QuerySet[Paper]:
    """The papers an actor may read, within the scope in force, without their bytes.

    Desks and supervisors: all of their places. Bureaus: their own, and those of visits that they lead. Firms: orders
    addressed to them. Residents: none.
    """
    papers: QuerySet[Paper] = Paper.objects.defer(*HEAVY)
    if actor.is_system:
        return papers
    seen = Q(pk__in=[])
    for post in actor.posts:
        if post.role in WATCHING:
            seen |= within(post)
        elif post.role in DEPARTMENT and post.organisation_id:
            seen |= within(post) & (Q(bureau=post.organisation_id) | Q(visit__lead=post.organisation_id))
        elif post.role in PROPERTY and post.organisation_id:
            seen |= within(post) & Q(kind=PaperKind.ORDER, party_organisation=post.organisation_id)
    return papers.filter(seen)


def of_visit(actor: Actor, visit: Visit) -> list[Paper]:
    """Those of one visit that the actor may read, in the order in which they were issued. One query."""
    found = (
        visible_to(actor).filter(visit=visit).select_related("visit", "bureau", "issued_by", "voided_by", "party_organisation")
    )
    return list(found.order_by("pk"))


def naming(actor: Actor, finding: Finding) -> list[Paper]:
    """Orders and opinions that name a finding, as far as the actor may read them, in the order of issue. One query."""
    found = visible_to(actor).filter(area=finding.area, findings__contains=[finding.number]).exclude(kind=PaperKind.RECORD)
    return list(found.order_by("pk"))


def get(actor: Actor, code: str, *, lock: bool = False) -> Paper:
    """One paper by its code. Raises NotThere for any other code."""
    found = visible_to(actor).filter(code=code).select_related("bureau", "visit__compound", "issued_by")
    row: Paper | None = (found.select_for_update(of=("self",)) if lock else found).first()
    if row is None:
        raise NotThere
    return row


def content(paper: Paper) -> bytes:
    """The bytes as they were issued."""
    return bytes(Paper.objects.values_list("content", flat=True).get(pk=paper.pk))


def place_of(code: str) -> int:
    """The place of the paper with a code, whoever asks; nothing else is read so widely. Raises NotThere."""
    with scope.everything(reason="find the place of a paper by the code printed on it"):
        area: int | None = Paper.objects.filter(code=code).values_list("area", flat=True).first()
    if area is None:
        raise NotThere
    return area


def verified(code: str) -> Paper:
    """A paper as everybody may verify it. Raises NotThere. Call it within the scope of its place."""
    rows = Paper.objects.defer(*HEAVY).filter(code=code).select_related("bureau", "visit__compound")
    found: Paper | None = rows.first()
    if found is None:
        raise NotThere
    return found


@dataclass(frozen=True)
class Possible:
    """A paper that may be issued now; `finding` is the first that an order names."""

    member: Member
    kind: PaperKind
    finding: Finding | None = None
    many: int = 0


def possible(actor: Actor, visit: Visit, members: list[Member], issued: list[Paper]) -> list[Possible]:
    """What the actor may issue of a visit and was not issued yet. One query at most, however many bureaus."""
    mine = [each for each in members if may_issue(actor, each)] if visit.state in ISSUING else []
    if not mine:
        return []
    standing = {(paper.bureau_id, paper.kind, party_of_paper(paper)) for paper in issued if paper.voided_at is None}
    found: list[Possible] = []
    ordered = Finding.objects.filter(visit=visit, member__in=mine, state__in=sorted(ORDERED)).select_related("party_organisation")
    parties: dict[int, dict[Party, list[Finding]]] = defaultdict(dict)
    for finding in ordered.order_by("pk"):
        parties[finding.member_id].setdefault(party_of(finding), []).append(finding)
    for member in mine:
        signed = member.state == MemberState.SIGNED
        if signed and (member.organisation_id, PaperKind.RECORD, NOBODY) not in standing:
            found.append(Possible(member, PaperKind.RECORD))
        for party, named in parties[member.pk].items():
            if (member.organisation_id, PaperKind.ORDER, party) not in standing:
                found.append(Possible(member, PaperKind.ORDER, named[0], len(named)))
        recheck = visit.kind == VisitKind.RECHECK and signed
        if recheck and (member.organisation_id, PaperKind.OPINION, NOBODY) not in standing:
            found.append(Possible(member, PaperKind.OPINION))
    return found


Party = tuple[str, int | None, str]
NOBODY: Party = ("", None, "")


def party_of(finding: Finding) -> Party:
    """Who answers for a finding: kind, organisation and, where there is none, name."""
    return finding.party, finding.party_organisation_id, "" if finding.party_organisation_id else finding.party_name


def party_of_paper(paper: Paper) -> Party:
    return paper.party, paper.party_organisation_id, paper.party_name


def ordered(visit: Visit, member: Member, party: Party | None = None) -> list[Finding]:
    """The findings of one bureau that are under order, of one party when one is given."""
    found = Finding.objects.filter(visit=visit, member=member, state__in=sorted(ORDERED))
    rows = found.select_related("item", "party_organisation", "building").order_by("pk")
    return [each for each in rows if party is None or party_of(each) == party]


def found_by(visit: Visit, member: Member) -> list[Finding]:
    return list(Finding.objects.filter(visit=visit, member=member).select_related("item", "building").order_by("pk"))


def looked_at_again(visit: Visit, member: Member) -> list[Finding]:
    """What a re-check looked at, of one bureau."""
    found = Finding.objects.filter(recheck=visit, organisation=member.organisation_id)
    return list(found.select_related("item", "visit", "building").order_by("pk"))


def undecided(rows: list[Finding]) -> list[str]:
    """The numbers of those of which nobody has said yet what they came to."""
    return [row.number for row in rows if row.state not in DECIDED]


def word_of(bureau: Organisation) -> str:
    """What a bureau is called in the numbers of its papers: as its head said, else county and bureau in short (own)."""
    set_word: str | None = PaperWord.objects.filter(organisation=bureau).values_list("word", flat=True).first()
    if set_word:
        return set_word
    county = areas.ancestor(bureau.area, areas.Level.COUNTY)
    place = place_names([county]).get(county, "")
    return f"{place[:1]}{SHORT.get(bureau.kind_id) or bureau.name.removeprefix(place)[:2]}"


def template_in_use(bureau: int, kind: PaperKind) -> PaperTemplate | None:
    """The bureau's own template of a kind, with its bytes; None: the shipped one counts."""
    return PaperTemplate.objects.filter(bureau=bureau, kind=kind, state=TemplateState.USED).first()


def templates_of(bureaus: list[Organisation]) -> dict[tuple[int, str], list[PaperTemplate]]:
    """The templates that these bureaus brought, by bureau and kind, newest first, without their bytes. One query."""
    found: dict[tuple[int, str], list[PaperTemplate]] = defaultdict(list)
    rows = PaperTemplate.objects.filter(bureau__in=bureaus).exclude(state=TemplateState.DROPPED)
    for row in rows.defer(*HEAVY).select_related("brought_by", "used_by", "ended_by").order_by("-version"):
        found[row.bureau_id, row.kind].append(row)
    return found


def template(actor: Actor, template_id: int, *, lock: bool = False) -> PaperTemplate:
    """One that a bureau led by the actor brought. Raises NotThere."""
    found = PaperTemplate.objects.filter(pk=template_id).select_related("bureau")
    row: PaperTemplate | None = (found.select_for_update(of=("self",)) if lock else found).first()
    if row is None or not may_keep_templates(actor, row.bureau):
        raise NotThere
    return row


def bureaus_led_by(actor: Actor) -> list[Organisation]:
    """The bureaus whose templates the actor keeps, by name. One query."""
    led = {post.organisation_id for post in actor.posts if post.role == Role.DEPARTMENT_LEAD and post.organisation_id}
    found = Organisation.objects.filter(pk__in=led, active=True).order_by("pinyin", "pk") if led else []
    return [each for each in found if may_keep_templates(actor, each)]


def bureau_led_by(actor: Actor, organisation: int) -> Organisation:
    """Raises NotThere."""
    found = next((each for each in bureaus_led_by(actor) if each.pk == organisation), None)
    if found is None:
        raise NotThere
    return found


def reads_registers(actor: Actor) -> bool:
    """Whether somebody may have a register to read, be there one yet or not."""
    return not actor.roles.isdisjoint(DEPARTMENT | READING_REGISTERS)


def registers(actor: Actor) -> QuerySet[PaperCounter]:
    """The series that the actor may read, newest year first."""
    mine = {post.organisation_id for post in actor.posts if post.role in DEPARTMENT and post.organisation_id}
    seen = Q(bureau__in=mine)
    for post in actor.posts:
        if post.role in READING_REGISTERS:
            low, high = areas.subtree(post.area)
            seen |= Q(bureau__area__gte=low, bureau__area__lt=high)
    return PaperCounter.objects.filter(seen).select_related("bureau").order_by("-year", "bureau__pinyin", "bureau", "kind")


def register(actor: Actor, organisation: int, year: int) -> tuple[Organisation, list[tuple[PaperCounter, dict[int, Paper]]]]:
    """The series of a bureau and year, each with those of its papers that lie within the actor's places, by number.

    Raises NotThere.
    """
    bureau = Organisation.objects.filter(pk=organisation).first()
    if bureau is None or not may_read_register(actor, bureau):
        raise NotThere
    counters = list(PaperCounter.objects.filter(bureau=bureau, year=year, last__gt=0).order_by("kind"))
    if not counters:
        raise NotThere
    found: dict[str, dict[int, Paper]] = defaultdict(dict)
    rows = visible_to(actor).filter(bureau=bureau, year=year)
    for paper in rows.select_related("visit__compound", "issued_by", "voided_by", "party_organisation"):
        found[paper.kind][paper.number] = paper
    return bureau, [(counter, found[counter.kind]) for counter in counters]


def member_of(visit: Visit, organisation: int, *, lock: bool = False) -> Member:
    """A bureau of a visit. Raises NotThere."""
    return visit_queries.member(visit, organisation, lock=lock)
