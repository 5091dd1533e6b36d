"""Files the 120 sample texts: who files which, where, and how."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from communities.models import Building, Compound
from complaints.actions import filing
from complaints.catalogue import DATA
from complaints.models import FilingKey
from complaints.states import Channel
from config.demo_data.people import Person, roster
from config.demo_data.pictures import picture
from config.demo_data.places import DemoCompound, compounds
from config.demo_data.world import Say
from people import actors
from people.models import User
from people.roles import Role
from tenancy import scope

KEY = "demo:"
OWN = 2
"""Texts whose position leaves this remainder by five go to the first compound: among them a lift that does what it likes."""
PATROL = frozenset({"T013", "T032", "T033", "T038", "T065", "T066", "T094", "T109", "T116"})
PHONE = frozenset({"T024", "T040", "T044", "T069", "T110", "T118", "T119"})
QR = frozenset({"T007", "T009", "T047", "T063", "T073"})
ANONYMOUS = frozenset({"T015", "T053", "T084", "T092", "T109", "T120"})
CONFIDENTIAL = frozenset({"T050", "T086", "T114"})
PHOTOS: dict[str, tuple[str, ...]] = {
    "T003": ("road",),
    "T012": ("rubbish",),
    "T013": ("rubbish", "road"),
    "T018": ("lift",),
    "T032": ("cabinet", "cabinet"),
    "T039": ("lamp",),
    "T045": ("water",),
    "T059": ("lift",),
    "T072": ("lift",),
    "T094": ("wall",),
    "T101": ("wall",),
    "T112": ("lift",),
}
CALLERS = ("来电居民", "来电老人家属", "来电租户")
NUMBER_OF_BUILDING = re.compile(r"(\d{1,2}|[一二三四五六七八九])\s*(?:号楼|栋|幢|#楼)")
DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Sample:
    """One of the sample texts, with the leaf and department a person gave it."""

    id: str
    text: str
    leaf: str
    department: str


def samples() -> list[Sample]:
    lines = (DATA / "sample_texts.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Sample(row["id"], row["text"], row["leaf"], row["department"]) for row in rows]


@dataclass(frozen=True)
class Assignment:
    """A text, its compound, and how often that compound had its turn before."""

    sample: Sample
    compound: DemoCompound
    turn: int


def assignments() -> Iterator[Assignment]:
    """Every fifth text to the story's own compound, the rest to the others in turn."""
    first, *others = [compound for *_, compound in compounds()]
    turns = dict.fromkeys([compound.code for compound in (first, *others)], 0)
    for position, sample in enumerate(samples()):
        compound = first if position % 5 == OWN else others[(position - position // 5) % len(others)]
        yield Assignment(sample, compound, turns[compound.code])
        turns[compound.code] += 1


def file_all(say: Say) -> int:
    """File what is not filed yet; returns how many texts were filed now."""
    people = roster().people
    plan = list(assignments())
    with scope.everything(reason="which texts of the demo are filed already"):
        there = set(FilingKey.objects.filter(key__startswith=KEY).values_list("key", flat=True))
    waiting = [one for one in plan if KEY + one.sample.id not in there]
    for number, one in enumerate(waiting, 1):
        _file(one, people)
        if number % 20 == 0 or number == len(waiting):
            say(f"complaints filed: {len(plan) - len(waiting) + number} of {len(plan)}")
    return len(waiting)


def _file(one: Assignment, people: tuple[Person, ...]) -> None:
    actor, channel, caller = _filer(one, people)
    sample = one.sample
    # A visitor who scanned the code at the gate stands in that one compound.
    where = actor.scope if actor.is_person else scope.Scope(((one.compound.code, one.compound.code + 1),))
    with transaction.atomic(), scope.limited_to(where):
        filing.file(
            filing.Filing(
                compound=one.compound.code,
                text=sample.text,
                channel=channel,
                building=_building(one),
                photos=[picture(motif) for motif in PHOTOS.get(sample.id, ())],
                anonymous=sample.id in ANONYMOUS,
                confidential=sample.id in CONFIDENTIAL,
                reporter_name=caller,
                reporter_phone="10000009999" if caller else "",
            ),
            by=actor,
            key=KEY + sample.id,
        )


def _filer(one: Assignment, people: tuple[Person, ...]) -> tuple[actors.Actor, Channel, str]:
    """Who files it, by which channel, and for a caller what the clerk was told."""
    here = one.compound.code
    residents = [person for person in people if person.role == Role.RESIDENT and person.place == here and person.verified]
    managers = [p for p in people if p.role == Role.PROPERTY_MANAGER and here in (p.place, *p.also)]
    clerks = [person for person in people if person.role == Role.STREET_CLERK and person.place == here - here % 10**6]
    if one.sample.id in QR:
        return actors.visitor(f"demo-{one.sample.id}"), Channel.QR, ""
    if one.sample.id in PHONE:
        return _actor(clerks[0]), Channel.PHONE, CALLERS[one.turn % len(CALLERS)]
    if one.sample.id in PATROL and managers:
        return _actor(managers[0]), Channel.PATROL, ""
    # Half of them by the first, who has the account that people try.
    who = residents[0] if one.turn % 2 == 0 else residents[1 + one.turn // 2 % (len(residents) - 1)]
    return _actor(who), Channel.WEB, ""


def _actor(person: Person) -> actors.Actor:
    return actors.of_user(User.objects.get(username=person.username))


def _building(one: Assignment) -> int | None:
    """The building that the text names, when the compound has it."""
    found = NUMBER_OF_BUILDING.search(one.sample.text)
    if found is None:
        return None
    number = DIGITS.find(found[1]) if found[1] in DIGITS else int(found[1])
    compound = Compound.objects.get(area=one.compound.code)
    building: Building | None = Building.objects.filter(compound=compound, name=f"{number}号楼").first()
    return building.pk if building else None
