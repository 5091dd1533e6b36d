"""Referrals to the judge's workstation in any state, made through the actions by those who may."""

from config.demo_data.pictures import picture
from enforcement.actions import consents, referrals
from enforcement.counsel_states import ReferralState
from enforcement.models import Referral, ReferralParty
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.models import Organisation, User
from people.roles import Role
from tenancy import areas, clock, scope
from tests.factories.world import PASSWORD, SINCE, World, mark


def judge(world: World, place: str = "own") -> Actor:
    """Somebody of the county's court, founded when first asked for."""
    county, system = areas.ancestor(world.area(place), areas.Level.COUNTY), actors.system()
    name = f"judge_{county}"
    with scope.everything(reason="tests: found a court"):
        user = User.objects.filter(username=name).first()
        if user is None:
            user = appointments.open_account(username=name, name=name, phone="", email="", password=PASSWORD, by=system)
            court = appointments.found_organisation(name=f"人民法院{mark(place)}", kind="CT", area=county, by=system)
            appointments.appoint(user, Role.DEPARTMENT_HANDLER, area=county, organisation=court, starts_on=SINCE, by=system)
    return actors.of_user(user)


def court(world: World, place: str = "own") -> Organisation:
    (post,) = judge(world, place).posts
    return Organisation.objects.get(pk=post.organisation_id)


def referral(world: World, state: ReferralState = ReferralState.DRAFTED, *, place: str = "own", **other: object) -> Referral:
    """One in a state: the resident says yes here, a neighbour without an account on paper."""
    area, clerk, resident = world.area(place), world.actor(Role.STREET_CLERK, place), world.actor(Role.RESIDENT, place)
    said: dict[str, object] = {
        "court": court(world, place).pk,
        "subject": "物业费纠纷" + mark(place),
        "text": "对停水期间的物业费有争议。" + mark(place),
    }
    with scope.place(area):
        row = referrals.draft(area=area, by=clerk, **(said | other))
        phone = world.user(Role.RESIDENT, place).phone or ""
        pk = row.pk
        referrals.add_party(pk, by=clerk, version=1, name="张先生" + mark(place), side="业主" + mark(place), phone=phone)
        referrals.add_party(pk, by=clerk, version=2, name="李女士" + mark(place), side="租户", phone="13900001111")
        if state == ReferralState.DRAFTED:
            return now(row)
        row = referrals.ask(pk, by=clerk, version=3)
        if state == ReferralState.WAITING:
            return row
        if state == ReferralState.WITHDRAWN:
            return referrals.withdraw(pk, by=clerk, version=row.version, text="双方已和解" + mark(place))
        consents.agree(pk, by=resident)
        other_party = ReferralParty.objects.get(referral=row, user=None)
        said_on = clock.today()
        row = consents.on_paper(pk, other_party.pk, by=clerk, said="given", said_on=said_on, photo=picture("done"))
        row = referrals.send(pk, by=clerk, version=row.version)
        if state == ReferralState.SENT:
            return row
        bench = judge(world, place)
        row = referrals.take_up(pk, by=bench, version=row.version)
        if state == ReferralState.TAKEN_UP:
            return row
        if state == ReferralState.SETTLED:
            text = "达成调解协议，减收一个月。" + mark(place)
            return referrals.settle(pk, by=bench, version=row.version, text=text, agreed_on=said_on)
        return referrals.give_up(pk, by=bench, version=row.version, text="调解不成，可依法起诉。" + mark(place))


def now(row: Referral) -> Referral:
    found: Referral = Referral.objects.get(pk=row.pk)
    return found
