"""Tickets in any state, made through the actions."""

from complaints.actions import filing, merging, returns, routing, tickets
from complaints.models import Ticket
from complaints.states import Channel, State
from people.roles import Role
from tenancy import scope
from tests.factories.world import World, mark

LIFT_STOPPED = "三号楼电梯又停了，老人下不来"
LIFT_BROKEN = "三号楼电梯又坏了，停运两天，电梯故障没人修"
LIFT_TRAPPED = "三号楼电梯又停了，有人被困在里面"
UNCLEAR = "说不清楚，你们来看看吧"


def again(row: Ticket) -> Ticket:
    found: Ticket = Ticket.objects.get(pk=row.pk)
    return found


def ticket(
    world: World,
    state: State = State.SUBMITTED,
    *,
    place: str = "own",
    text: str = LIFT_BROKEN,
    public: bool = False,
    **details: object,
) -> Ticket:
    """File a ticket in `place` and walk it to `state`. A foreign place leaves its mark in every text."""
    resident, manager = world.actor(Role.RESIDENT, place), world.actor(Role.PROPERTY_MANAGER, place)
    clerk = world.actor(Role.STREET_CLERK, place)
    with scope.place(world.area(place)):
        filed = filing.file(
            filing.Filing(compound=world.area(place), text=text + mark(place), channel=Channel.WEB, spot=mark(place), **details),
            by=resident,
        )
        row = filed.ticket
        if public:
            Ticket.objects.filter(pk=row.pk).update(public=True, public_text=text + mark(place))
        if state == State.CANCELLED:
            return tickets.cancel(row.number, by=resident, version=row.version, text="不用了")
        if state == State.SUBMITTED:
            return again(row)
        routing.route_claimed(row.pk, row.area, 1)
        row = again(row)
        if state in (State.TRIAGE, State.REFUSED) and row.state == State.DISPATCHED:
            row = returns.give_back(row.number, by=manager, version=row.version, text="不属于我们" + mark(place))
        if state == State.REFUSED:
            return tickets.refuse(row.number, by=clerk, version=row.version, text="不予受理" + mark(place))
        if state == State.ARBITRATION:
            lead, leaf = row.lead_id, row.leaf_id
            row = returns.give_back(row.number, by=manager, version=row.version, text="不属于我们" + mark(place))
            row = tickets.dispatch(row.number, by=clerk, version=row.version, leaf=leaf, organisation=lead)
            row = returns.give_back(row.number, by=manager, version=row.version, text="还是不属于我们" + mark(place))
        if state in (State.DISPATCHED, State.TRIAGE, State.ARBITRATION):
            return row
        if state == State.MERGED:
            main = ticket(world, State.ACCEPTED, place=place, text=text)
            return merging.merge(row.number, by=clerk, version=row.version, into=main.number)
        row = tickets.accept(row.number, by=manager, version=row.version)
        if state == State.ACCEPTED:
            return row
        row = tickets.resolve(row.number, by=manager, version=row.version, text="已修好" + mark(place))
        if state == State.RESOLVED:
            return row
        row = tickets.rate(row.number, by=resident, version=row.version, satisfied=True, score=5, text="谢谢" + mark(place))
        if state == State.RATED:
            return row
        return tickets.close(row.number, by=clerk, version=row.version)
