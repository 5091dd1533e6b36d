"""Two full months of practical projects and the present one, lived through in order by those who may, each on its day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from config.demo_data import practical
from config.demo_data.pictures import picture
from config.demo_data.places import DemoCompound, compounds
from config.demo_data.practical import SAMPLES, Sample
from config.demo_data.world import Say
from people import actors
from people.actors import Actor
from people.models import Organisation
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role
from projects import months, queries
from projects.actions import acceptance, drafting, jobs, plans, work
from projects.actions.drafting import Draft
from projects.actions.work import Taken
from projects.models import MonthPlan, Project
from projects.states import OriginKind, Outcome, ProjectState, Side
from projects.suggestions import hot_spots
from tenancy import clock, scope

SLUGS = ("fulian", "huayao", "jinxiang", "shuxiang", "changsheng", "weideyuan")
"""Three compounds of each county: with a firm and an owners' committee, so that all three sides draft together."""
MONTHS_BACK = 2
SPOT = "正面，站在路口"
ORIGINS = (
    (OriginKind.MEETING, "小区议事会决定（示例）"),
    (OriginKind.PROPOSAL, "楼长收集的业主建议（示例）"),
    (OriginKind.OWN, "物业巡查发现（示例）"),
)
FIRST_REPORT, SECOND_REPORT, DELIVERED, SPOKEN, CONFIRMED, CLOSED = 4, 6, 8, 9, 11, 13
"""Days after the beginning of a project, which is PACE days after that of the one before."""
PACE = 4
PROMISED = 23
"""Days after the first of the month."""


@dataclass(frozen=True)
class Step:
    """What happens at one moment; `project` counts the projects of the month, -1 stands for the plan itself."""

    at: datetime
    name: str
    project: int = -1


def live_all(say: Say) -> int:
    """Live through the months in every compound of SLUGS that has no plan yet; how many compounds. Twice is once."""
    chosen = [compound for *_, compound in compounds() if compound.slug in SLUGS]
    lived = 0
    for turn, compound in enumerate(chosen):
        with transaction.atomic(), scope.everything(reason="the demo's months"):
            if not MonthPlan.objects.filter(area=compound.code).exists():
                _Life(compound, turn).live()
                lived += 1
        say(f"practical projects: {turn + 1} of {len(chosen)} compounds")
    return lived


class _Life:
    """The months of one compound."""

    def __init__(self, compound: DemoCompound, turn: int) -> None:
        self.area, self.turn = compound.code, turn
        self.sides = {side: self._of(body) for side, body in queries.sides_needed(self.area).items()}
        self.firm = self.sides[Side.FIRM]
        self.neighbourhood = self.sides[Side.NEIGHBOURHOOD]
        self.clerk = actors.of_user(holders(STREET, self.area)[0])
        self.residents = [actors.of_user(user) for user in holders([Role.RESIDENT], self.area)]
        self.numbers: dict[tuple[date, int], str] = {}

    def _of(self, body: Organisation) -> Actor:
        found = holders(OF_AN_ORGANISATION, self.area, organisation=body)
        managers = [user for user in found if user.username.startswith(("manager", "shequ", "yeweihui"))]
        return actors.of_user((managers or list(found))[0])

    def live(self) -> None:
        present = timezone.now()
        this = months.month_of(timezone.localdate())
        for back in range(MONTHS_BACK, -1, -1):
            month = months.after(this, -back)
            for step in sorted(self._steps(month), key=lambda each: each.at):
                if step.at <= present:
                    with clock.standing_at(step.at):
                        self._take(step, month)
            with clock.standing_at(min(present, _at(months.last_day(month), 22))):
                jobs.nightly(self.area, clock.today(), actors.system())
        self._draft_next(months.after(this))

    def _steps(self, month: date) -> Iterator[Step]:
        yield Step(_at(month, 9), "draft")
        yield Step(_at(month, 15), "publish")
        for number in range(self._size(month) + self._carried(month)):
            first = month + timedelta(days=1 + PACE * min(number, 3))
            yield Step(_at(first, 9), "start", number)
            yield Step(_at(first + timedelta(days=FIRST_REPORT), 15), "report", number)
            yield Step(_at(first + timedelta(days=SECOND_REPORT), 16), "report", number)
            for day, name in ((DELIVERED, "deliver"), (SPOKEN, "say"), (CONFIRMED, "confirm"), (CLOSED, "close")):
                yield Step(_at(first + timedelta(days=day), 10), name, number)
        yield Step(_at(months.last_day(month), 17), "review")

    def _size(self, month: date) -> int:
        return 3 + (self.turn + month.month) % 2

    def _carried(self, month: date) -> int:
        """How many projects came over from the month before; they are counted after the month's own."""
        return sum(key == month and number >= self._size(month) for key, number in self.numbers)

    def _sample(self, month: date, number: int) -> Sample:
        return SAMPLES[(self.turn * 5 + month.month * 3 + number) % len(SAMPLES)]

    def _is_late(self, month: date, number: int) -> bool:
        """In every other compound the last project of a month waits for its parts and goes on into the next."""
        return number == self._size(month) - 1 and (self.turn + month.month) % 3 == 0

    def _take(self, step: Step, month: date) -> None:
        match step.name:
            case "draft":
                self._draft(month)
            case "publish":
                plan = queries.plan(self.clerk, self.area, month)
                plans.publish(self.area, month, by=self.clerk, version=plan.version)
            case "review":
                self._review(month)
            case _:
                self._work(step, month)

    def _draft(self, month: date) -> None:
        plan = plans.open_month(self.area, month, by=self.firm)
        for number in range(self._size(month)):
            sample = self._sample(month, number)
            row = drafting.draft(self.area, self._draft_of(sample, month, number), by=self.firm)
            self.numbers[month, number] = row.number
            plan = plans.take_in(self.area, month, row.number, by=self.firm, version=plan.version)
        for side in self.sides.values():
            plan = plans.agree(self.area, month, by=side, version=plan.version)
        plans.propose(self.area, month, by=self.firm, version=plan.version)

    def _draft_of(self, sample: Sample, month: date, number: int, *, tickets: tuple[str, ...] = ()) -> Draft:
        total = sum(fen for _source, fen in sample.money)
        return Draft(
            title=sample.title,
            text=sample.text,
            ends_on=month + timedelta(days=PROMISED),
            lead=queries.sides_needed(self.area)[Side.FIRM].pk,
            matter=sample.matter,
            quantity=sample.quantity,
            livelihood=sample.livelihood,
            ground=sample.ground,
            use=sample.use,
            tickets=tickets,
            origins=() if tickets else (ORIGINS[(self.turn + number) % len(ORIGINS)],),
            funding=[(source.value, fen) for source, fen in sample.money],
            quotes=[("示例工程队甲", total, True), ("示例工程队乙", total * 108 // 100, False)],
            milestones=sample.milestones,
            decision=sample.decision,
            decided_on=clock.today() - timedelta(days=12) if sample.decision else None,
            warranty_days=365,
        )

    def _work(self, step: Step, month: date) -> None:
        row = Project.objects.get(number=self.numbers[month, step.project])
        sample, late = self._sample(month, step.project), self._is_late(month, step.project)
        match step.name, row.state:
            case "start", ProjectState.PLANNED:
                work.start(row.number, by=self.firm, version=row.version, photos=[Taken(picture(sample.motif), SPOT)])
            case "report", ProjectState.WORKING:
                self._report(row, late=late)
            case "deliver", ProjectState.WORKING if not late:
                done = [Taken(picture(_motif(row), mended=True), SPOT)]
                work.deliver(
                    row.number, by=self.firm, version=row.version, text=practical.DONE, achieved=row.quantity, photos=done
                )
            case "say", ProjectState.DELIVERED:
                self._say(row)
            case "confirm", ProjectState.DELIVERED:
                self._confirm(row, step)
            case "close", ProjectState.ACCEPTED:
                acceptance.close(row.number, by=self.clerk, version=row.version)

    def _report(self, row: Project, *, late: bool) -> None:
        count = row.reports.count()
        percents = {1: 100} if count == 0 else {2: 40 if late else 90}
        behind = (late and count) or clock.today() > row.ends_on
        delay = practical.DELAYS[self.turn % 2] if behind else ""
        text = practical.REPORTS[min(count, len(practical.REPORTS) - 1)]
        work.report(row.number, by=self.firm, version=row.version, text=text, percents=percents, delay=delay)

    def _say(self, row: Project) -> None:
        homes = set()
        for turn, resident in enumerate(self.residents):
            own = resident.user.residencies.filter(area=self.area, ended_at=None, verified_at__isnull=False).first()
            if own is not None and own.home_id not in homes:
                homes.add(own.home_id)
                words = practical.GOOD[(turn + self.turn) % len(practical.GOOD)]
                acceptance.say(row.number, by=resident, version=row.version, good=True, text=words)

    def _confirm(self, row: Project, step: Step) -> None:
        """One compound's neighbourhood is strict: it sends the first result back once, and it is mended the same day."""
        if self.turn == 0 and step.project == 0 and row.round == 1:
            row = acceptance.send_back(row.number, by=self.neighbourhood, version=row.version, text=practical.SENT_BACK)
            done = [Taken(picture(_motif(row), mended=True), SPOT)]
            row = work.deliver(
                row.number, by=self.firm, version=row.version, text=practical.DONE, achieved=row.quantity, photos=done
            )
            self._say(row)
        acceptance.confirm(
            row.number, by=self.neighbourhood, version=row.version, text="现场查看并在业主群征求意见，无异议（示例）"
        )

    def _review(self, month: date) -> None:
        plan = queries.plan(self.clerk, self.area, month)
        reasons = {item.project.number: practical.CARRIED for item in queries.items(plan)}
        plans.close(self.area, month, by=self.clerk, version=plan.version, review=practical.REVIEW, reasons=reasons)
        following = months.after(month)
        for count, item in enumerate(queries.items(plan).filter(outcome=Outcome.CARRIED)):
            self.numbers[following, self._size(following) + count] = item.project.number

    def _draft_next(self, month: date) -> None:
        """What is being drafted today: from the complaints of the last 90 days where there are enough, and one idea."""
        plan = plans.open_month(self.area, month, by=self.firm)
        spots = hot_spots(self.firm, self.area, clock.today())[:1]
        for number, spot in enumerate(spots):
            sample = next((each for each in SAMPLES if each.matter == spot.matter.code), SAMPLES[0])
            numbers = tuple(ticket.number for ticket in spot.tickets[:3])
            row = drafting.draft(self.area, self._draft_of(sample, month, number, tickets=numbers), by=self.firm)
            plan = plans.take_in(self.area, month, row.number, by=self.firm, version=plan.version)
        drafting.draft(self.area, self._draft_of(self._sample(month, 5), month, 5), by=self.firm)


def _motif(row: Project) -> str:
    """What its photos show; a project that was carried over is no longer the month's own sample."""
    return next(sample.motif for sample in SAMPLES if sample.title == row.title)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 20)))
