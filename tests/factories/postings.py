"""Postings in any state, made through the actions by those who may."""

from datetime import timedelta

from communities.actions import postings
from communities.models import Posting
from communities.posting_states import PostingKind, PostingState
from config.demo_data.pictures import picture
from people.roles import Role
from tenancy import clock, scope
from tests.factories.world import World, mark


def posting(world: World, state: PostingState = PostingState.ASKED, *, place: str = "own", **other: object) -> Posting:
    """One in a state; asked for by the street, hung by the firm's staff."""
    area = world.area(place)
    clerk, staff = world.actor(Role.STREET_CLERK, place), world.actor(Role.PROPERTY_STAFF, place)
    said: dict[str, object] = {
        "kind": PostingKind.OTHER,
        "subject": "电梯维保公示" + mark(place),
        "text": "每十五日维保一次。" + mark(place),
        "due_on": clock.today() + timedelta(days=3),
        "days": 7,
        "contact": "社区 000-0000" + mark(place),
    }
    with scope.place(area):
        row = postings.ask(area=area, by=clerk, **(said | other))
        if state == PostingState.ASKED:
            return row
        if state == PostingState.CANCELLED:
            return postings.cancel(row.pk, by=clerk, version=row.version, reason="已在群里说明" + mark(place))
        row = postings.put_up(row.pk, by=staff, version=row.version, spot="南门公告栏" + mark(place), photos=[picture("done")])
        if state == PostingState.UP:
            return row
        return postings.take_down(row.pk, by=staff, version=row.version, reason="内容有误" + mark(place))
