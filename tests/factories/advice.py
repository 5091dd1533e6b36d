"""Legal consultations in any state, made through the actions by those who may."""

from enforcement.actions import advice
from enforcement.advice_states import ConsultationState, Topic
from enforcement.models import Consultation
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.models import Organisation, User
from people.roles import Role
from tenancy import areas, scope
from tests.factories.world import PASSWORD, SINCE, World, mark

QUESTION, ANSWER = "停水期间的物业费可以少交吗？", "可与物业企业协商减免；欠交物业费不能停水停电。"


def adviser(world: World, place: str = "own", role: Role = Role.DEPARTMENT_HANDLER) -> Actor:
    """Somebody of the county's justice bureau, founded when first asked for."""
    county, system = areas.ancestor(world.area(place), areas.Level.COUNTY), actors.system()
    name = f"adviser_{role}_{county}"
    with scope.everything(reason="tests: found a justice bureau"):
        user = User.objects.filter(username=name).first()
        if user is None:
            named = f"司法局{mark(place)}"
            bureau = Organisation.objects.filter(kind="JU", area=county).first()
            bureau = bureau or appointments.found_organisation(name=named, kind="JU", area=county, by=system)
            user = appointments.open_account(username=name, name=name, phone="", email="", password=PASSWORD, by=system)
            appointments.appoint(user, role, area=county, organisation=bureau, starts_on=SINCE, by=system)
    return actors.of_user(user)


def consultation(
    world: World,
    state: ConsultationState = ConsultationState.WAITING,
    *,
    place: str = "own",
    role: Role = Role.RESIDENT,
    shared: bool = False,
) -> Consultation:
    """A question of somebody in a role, taken to a state."""
    area, answerer, asker = world.area(place), adviser(world, place), world.actor(role, place)
    text = QUESTION + mark(place)
    with scope.place(area):
        row = advice.ask(area=area, topic=Topic.FEES, subject=f"物业费{mark(place)}", text=text, by=asker, shared=shared)
        if state == ConsultationState.WITHDRAWN:
            return advice.withdraw(row.pk, by=asker, version=1)
        if state == ConsultationState.ANSWERED:
            said = ANSWER + mark(place)
            return advice.answer(row.pk, by=answerer, version=1, text=said, rules="民法典 944")
    return row
