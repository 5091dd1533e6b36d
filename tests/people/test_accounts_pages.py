"""The security administrator's pages and what stands behind them."""

import re

import pytest
from django.test import Client
from knox.models import AuthToken

from audit.models import Entry
from people import actors
from people.actions import accounts, appointments
from people.models import Appointment, AreaGrant, Organisation, User
from people.roles import Role
from tenancy import areas, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.world import PASSWORD, World
from tests.people.codes import equip
from tests.people.test_sign_in import signed_in, try_password


def county(world: World, place: str = "own") -> int:
    return areas.ancestor(world.area(place), areas.Level.COUNTY)


@pytest.fixture
def admin(world: World) -> actors.Actor:
    return world.actor(Role.SECURITY_ADMIN)


@pytest.fixture
def client(sign_in) -> Client:
    made: Client = sign_in(Role.SECURITY_ADMIN)
    return made


def form(world: World, **other: object) -> dict[str, object]:
    return {
        "name": "李四",
        "username": "li-si",
        "phone": "13800000001",
        "role": "street_clerk",
        "organisation": world.streets["own"],
        "place": str(areas.ancestor(world.area(), areas.Level.STREET)),
        "starts_on": "2026-01-01",
        **other,
    }


def test_the_list_holds_the_people_of_one_s_places_and_nobody_else(world: World, client: Client) -> None:
    page = client.get("/people/accounts/")
    shown = {row["user"].pk for row in page.context["rows"]}
    here = {pk for (_role, place), pk in world.users.items() if place != "county"}
    assert shown == here
    assert "泉港" not in page.content.decode()


@pytest.mark.parametrize(("words", "foreign"), [("resident_own", "resident_county"), ("19900000000", "19900030000")])
def test_search_by_name_and_phone_stays_within_one_s_places(world: World, client: Client, words: str, foreign: str) -> None:
    assert [row["user"].username for row in client.get("/people/accounts/", {"q": words}).context["rows"]] == ["resident_own"]
    assert User.objects.filter(phone=foreign).exists() or User.objects.filter(username=foreign).exists()
    assert client.get("/people/accounts/", {"q": foreign}).context["rows"] == []


def test_role_and_state_filter_the_list(world: World, client: Client) -> None:
    User.objects.filter(username="street_clerk_own").update(is_active=False)
    rows = client.get("/people/accounts/", {"role": "street_clerk", "state": "closed"}).context["rows"]
    assert [row["user"].username for row in rows] == ["street_clerk_own"]
    assert client.get("/people/accounts/", {"role": "nonsense", "q": "\x00", "after": "\x00"}).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_to_everybody_else_the_pages_are_not_there(world: World, sign_in, role: Role) -> None:
    client, user = sign_in(role), world.users[Role.RESIDENT, "own"]
    for path in ("accounts/", "accounts/new/", f"accounts/{user}/", "organisations/"):
        assert client.get(f"/people/{path}").status_code == 404
    for what in ("appoint", "grant", "password", "second-factor", "close", "reopen"):
        assert client.post(f"/people/accounts/{user}/{what}/").status_code == 404
    assert User.objects.get(pk=user).is_active


def test_a_foreign_account_is_as_absent_as_one_that_never_was(world: World, client: Client) -> None:
    foreign = world.users[Role.STREET_CLERK, "county"]
    for path in ("", "appoint/", "grant/", "password/", "second-factor/", "close/", "reopen/", "appointments/1/revoke/"):
        ask = client.get if not path else client.post
        answers = [ask(f"/people/accounts/{pk}/{path}") for pk in (foreign, 10**9)]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert answers[0].content == answers[1].content
    assert User.objects.get(pk=foreign).check_password(PASSWORD)


def test_an_account_is_opened_with_a_post_and_a_password_shown_once(world: World, client: Client) -> None:
    answer = client.post("/people/accounts/new/", form(world))
    assert answer.status_code == 200
    found = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", answer.content.decode())
    assert found is not None
    user = User.objects.get(username="li-si")
    assert user.check_password(found[0])
    assert found[0] not in client.get(f"/people/accounts/{user.pk}/").content.decode()
    assert actors.of_user(user).holds(world.area(), {Role.STREET_CLERK})
    browser = Client()
    try_password(browser, "li-si", found[0])
    assert browser.get("/desk/")["Location"] == "/accounts/password/"
    with scope.everything(reason="test"):
        assert not Entry.objects.filter(after__icontains=found[0]).exists()
        assert set(Entry.objects.filter(actor_id=world.users[Role.SECURITY_ADMIN, "own"]).values_list("action", flat=True)) >= {
            "account.opened",
            "appointment.made",
        }


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("username", "resident_own"),
        ("username", "RESIDENT_own"),
        ("username", "has blank"),
        ("phone", "19900000000"),
        ("phone", "=1+1"),
        ("organisation", ""),
        ("place", "nowhere"),
        ("place", "350505001001001"),
        ("place", "350500000000000"),
        ("role", "emperor"),
        ("starts_on", "soon"),
        ("ends_on", "2025-12-31"),
        ("name", ""),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field_and_nothing_is_opened(
    world: World, client: Client, field: str, typed: str
) -> None:
    before = User.objects.count()
    answer = client.post("/people/accounts/new/", form(world, **{field: typed}))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert 'value="13800000001"' in page or field == "phone"
    assert User.objects.count() == before


def test_a_foreign_organisation_cannot_be_chosen(world: World, client: Client) -> None:
    answer = client.post("/people/accounts/new/", form(world, organisation=world.streets["county"]))
    assert answer.status_code == 400
    assert 'id="id_organisation_error"' in answer.content.decode()


def test_a_name_that_several_places_share_asks_for_the_code(world: World, client: Client) -> None:
    User.objects.get(username="resident_own")
    from people.actions import places

    places.add(code=350582_003_000_000, name="青阳街道", by=actors.system())
    answer = client.post("/people/accounts/new/", form(world, place="青阳街道"))
    assert "350582003000000" in answer.content.decode()


def test_nobody_appoints_over_a_wider_place_or_another_one(world: World, admin: actors.Actor) -> None:
    user = world.user(Role.STREET_CLERK)
    for area in (350500_000_000_000, 350000_000_000_000, county(world, "county"), world.area("county")):
        with pytest.raises(NotAllowed):
            appointments.appoint(user, Role.SUPERVISOR, area=area, by=admin)
        with pytest.raises(NotAllowed):
            appointments.grant(user, "watch_area", area=area, by=admin)


@pytest.mark.parametrize("role", sorted(Role))
def test_nobody_appoints_or_grants_to_oneself(world: World, admin: actors.Actor, role: Role) -> None:
    with pytest.raises(NotAllowed):
        appointments.appoint(admin.user, role, area=world.area(), organisation=world.street(), by=admin)
    with pytest.raises(NotAllowed):
        appointments.grant(admin.user, "watch_area", area=world.area(), by=admin)


def test_nobody_but_the_security_administrator_appoints(world: World) -> None:
    user = world.user(Role.RESIDENT)
    for role in set(Role) - {Role.SECURITY_ADMIN}:
        with pytest.raises(NotAllowed):
            appointments.appoint(user, Role.SUPERVISOR, area=world.area(), by=world.actor(role))


def test_an_account_of_elsewhere_cannot_be_appointed(world: World, admin: actors.Actor) -> None:
    with pytest.raises(NotThere):
        appointments.appoint(world.user(Role.STREET_CLERK, "county"), Role.SUPERVISOR, area=world.area(), by=admin)


def test_the_three_administrators_are_three_people(world: World, admin: actors.Actor) -> None:
    for holder, wanted in (
        (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN),
        (Role.AUDIT_ADMIN, Role.SECURITY_ADMIN),
        (Role.STREET_LEADER, Role.AUDIT_ADMIN),
        (Role.AUDIT_ADMIN, Role.SUPERVISOR),
    ):
        with pytest.raises(Refusal) as refused:
            appointments.appoint(world.user(holder), wanted, area=county(world), by=admin)
        assert refused.value.field == "role"
    appointments.appoint(world.user(Role.AUDIT_ADMIN), Role.RESIDENT, area=world.area(), by=admin)


def test_appointing_and_revoking_on_the_page(world: World, client: Client, sign_in) -> None:
    user = world.user(Role.STREET_CLERK)
    answer = client.post(
        f"/people/accounts/{user.pk}/appoint/",
        {"role": "supervisor", "place": str(world.area("street")), "starts_on": "2026-01-01", "organisation": ""},
    )
    assert answer.status_code == 302
    made = Appointment.objects.get(user=user, role="supervisor")
    client.post(f"/people/accounts/{user.pk}/appointments/{made.pk}/revoke/")
    made.refresh_from_db()
    assert made.revoked_by_id == world.users[Role.SECURITY_ADMIN, "own"]
    assert not actors.of_user(user).scope.covers(world.area("street"))


def test_a_refused_appointment_keeps_what_was_typed(world: World, client: Client) -> None:
    user = world.user(Role.AUDIT_ADMIN)
    answer = client.post(
        f"/people/accounts/{user.pk}/appoint/", {"role": "supervisor", "place": str(county(world)), "starts_on": "2026-01-01"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="id_role_error"' in page
    assert f'value="{county(world)}"' in page


def test_a_grant_is_given_and_taken_back(world: World, client: Client) -> None:
    user = world.user(Role.STREET_CLERK)
    client.post(f"/people/accounts/{user.pk}/grant/", {"grant-codename": "watch_area", "grant-place": str(world.area("street"))})
    assert actors.of_user(user).scope.covers(world.area("street"))
    given = AreaGrant.objects.get(user=user)
    client.post(f"/people/accounts/{user.pk}/grants/{given.pk}/take-back/")
    assert not actors.of_user(user).scope.covers(world.area("street"))


def test_posts_of_elsewhere_do_not_show(world: World, client: Client) -> None:
    user = world.user(Role.STREET_CLERK)
    appointments.appoint(user, Role.SUPERVISOR, area=county(world, "county"), by=actors.system())
    page = client.get(f"/people/accounts/{user.pk}/")
    assert len(page.context["posts"]) == 1
    assert "泉港" not in page.content.decode()


@pytest.mark.parametrize("reach", ["appointment", "grant", "coming"])
def test_whoever_also_stands_elsewhere_is_not_taken_over(world: World, admin: actors.Actor, client: Client, reach: str) -> None:
    user = world.user(Role.STREET_CLERK)
    if reach == "grant":
        appointments.grant(user, "watch_area", area=world.area("county"), by=actors.system())
    else:
        area = 350500_000_000_000 if reach == "appointment" else county(world, "county")
        appointments.appoint(user, Role.SUPERVISOR, area=area, by=actors.system())
        if reach == "coming":
            Appointment.objects.filter(user=user, area=area).update(starts_on="2099-01-01")
    for act in (accounts.reset_password, accounts.close, accounts.remove_second_factor):
        with pytest.raises(NotAllowed):
            act(user.pk, by=admin)
    client.post(f"/people/accounts/{user.pk}/password/")
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_nobody_looks_after_one_s_own_account_here(admin: actors.Actor) -> None:
    for act in (accounts.reset_password, accounts.close, accounts.reopen, accounts.remove_second_factor):
        with pytest.raises(NotAllowed):
            act(admin.id, by=admin)


def test_a_reset_password_ends_sessions_and_tokens_and_opens_a_lock(world: World, client: Client) -> None:
    user, browser = world.user(Role.STREET_CLERK), Client()
    try_password(browser, user.username, PASSWORD)
    AuthToken.objects.create(user=user)
    for n in range(6):
        try_password(Client(), user.username, f"wrong-{n}")
    page = client.post(f"/people/accounts/{user.pk}/password/").content.decode()
    password = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", page)
    assert password is not None
    assert browser.get("/accounts/sessions/").status_code == 302
    assert not AuthToken.objects.filter(user=user).exists()
    again = Client()
    assert try_password(again, user.username, password[0]).status_code == 302
    assert signed_in(again)


def test_closing_ends_everything_and_reopening_brings_it_back(world: World, client: Client) -> None:
    user, browser = world.user(Role.STREET_CLERK), Client()
    try_password(browser, user.username, PASSWORD)
    AuthToken.objects.create(user=user)
    client.post(f"/people/accounts/{user.pk}/close/")
    assert browser.get("/accounts/sessions/").status_code == 302
    assert not AuthToken.objects.filter(user=user).exists()
    assert not signed_in_as(user)
    client.post(f"/people/accounts/{user.pk}/reopen/")
    assert signed_in_as(user)


def signed_in_as(user: User) -> bool:
    browser = Client()
    try_password(browser, user.username, PASSWORD)
    return signed_in(browser)


def test_closing_twice_says_so(world: World, admin: actors.Actor) -> None:
    user = world.user(Role.STREET_CLERK)
    accounts.close(user.pk, by=admin)
    with pytest.raises(WrongState):
        accounts.close(user.pk, by=admin)


def test_a_lost_phone_is_helped_by_removing_the_second_factor(world: World, client: Client, admin: actors.Actor) -> None:
    user = world.user(Role.STREET_CLERK)
    with pytest.raises(WrongState):
        accounts.remove_second_factor(user.pk, by=admin)
    equip(user)
    client.post(f"/people/accounts/{user.pk}/second-factor/")
    assert signed_in_as(user)


def test_an_organisation_is_put_on_record_within_one_s_places_once(world: World, client: Client) -> None:
    typed = {"name": "新物业", "kind": "PM", "place": "晋江市", "phone": "", "name_en": ""}
    assert client.post("/people/organisations/", typed).status_code == 302
    assert Organisation.objects.get(name="新物业").area == county(world)
    again = client.post("/people/organisations/", typed)
    assert again.status_code == 400
    assert 'id="id_name_error"' in again.content.decode()
    assert client.post("/people/organisations/", typed | {"place": str(county(world, "county"))}).status_code == 400
    page = client.get("/people/organisations/").content.decode()
    assert "新物业" in page
    assert world.firm("county").name not in page


def test_the_administrator_sees_no_business_page(world: World, client: Client) -> None:
    from complaints.states import State
    from tests.factories.tickets import ticket

    row = ticket(world, State.DISPATCHED)
    assert client.get(f"/tickets/{row.number}/").status_code == 404
    assert row.number not in client.get("/desk/").content.decode()
    assert client.get(f"/compounds/{world.area()}/").status_code == 404


def test_the_list_does_not_ask_more_of_the_database_for_more_people(
    world: World, client: Client, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(20):
        client.get("/people/accounts/")


def test_the_form_offers_only_one_s_own_places_and_organisations(world: World, client: Client) -> None:
    page = client.get("/people/accounts/new/").content.decode()
    assert "350582001001001" in page
    assert "350505" not in page
    assert world.bureau("UM", "county").name not in page
