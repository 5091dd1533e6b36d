"""Pages without an account: the code at the gate, the slip."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints import numbers
from complaints.actions import tickets
from complaints.models import Ticket, TicketPhoto
from complaints.states import State
from people import actors
from people.actions import places
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, ticket
from tests.factories.world import CANARY
from tests.files import samples

ABSENT = "350582001-2601-00000000"


@pytest.fixture(autouse=True)
def foreign(world):
    return [ticket(world, State.RESOLVED, place=place, public=True) for place in ("sibling", "street", "county")]


def shown(answer):
    text = answer.content.decode()
    assert CANARY not in text
    return text


def here(world, place="own"):
    return reverse("complaints:file_here", args=[world.area(place)])


def slip(row, name="track", *args):
    return reverse(f"complaints:{name}", args=[row.number, numbers.tracking_code(row.number), *args])


def filed_by_visitors(world):
    with scope.place(world.area()):
        return list(Ticket.objects.filter(channel="qr").order_by("pk"))


def file_as_visitor(world, client, **typed):
    key = re.search(r'name="key" value="([0-9a-f]{32})"', client.get(here(world)).content.decode())[1]
    return client.post(here(world), {"text": LIFT_STOPPED, "key": key, **typed})


def test_whoever_scans_the_code_files_without_an_account_and_gets_a_slip(world, sign_in):
    client = sign_in(None)
    assert "小区own" in shown(client.get(here(world)))
    photo = SimpleUploadedFile("a.jpg", samples.encoded(samples.picture()))
    answer = file_as_visitor(world, client, photos=[photo], reporter_phone="139 1234 5678")
    (row,) = filed_by_visitors(world)
    assert (row.state, row.reporter_id, row.reporter_phone, row.filed_by.username) == (
        "submitted",
        None,
        "139 1234 5678",
        "visitor",
    )
    assert answer.headers["Location"] == slip(row, "track_filed")
    page = shown(client.get(answer.headers["Location"]))
    assert row.number in page
    assert numbers.tracking_code(row.number) in page
    assert "<svg" in page
    with scope.place(world.area()):
        photo_id = TicketPhoto.objects.get(ticket=row).photo_id
    other = sign_in(None)  # another browser with the slip
    assert other.get(slip(row, "track_photo", photo_id)).content.startswith(b"\xff\xd8\xff")
    assert other.get(slip(row, "track_small_photo", photo_id)).status_code == 200
    assert "139 1234 5678" in shown(other.get(slip(row)))


def test_danger_shows_the_numbers_on_top_of_the_slip(world, sign_in):
    client = sign_in(None)
    answer = file_as_visitor(world, client, text=LIFT_TRAPPED)
    page = shown(client.get(answer.headers["Location"]))
    assert page.index('href="tel:119"') < page.index("<h1")


def test_two_taps_make_one_ticket_and_another_browser_is_another_visitor(world, sign_in):
    client = sign_in(None)
    key = re.search(r'name="key" value="([0-9a-f]{32})"', client.get(here(world)).content.decode())[1]
    answers = [client.post(here(world), {"text": LIFT_STOPPED, "key": key}) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(filed_by_visitors(world)) == 1
    other = sign_in(None)
    other.get(here(world))
    assert other.post(here(world), {"text": LIFT_STOPPED, "key": key}).headers["Location"] != answers[0].headers["Location"]


@pytest.mark.parametrize("typed", [{"text": ""}, {"text": "灯\x00"}, {"text": "灯" * 2001}, {"reporter_phone": "<b>"}])
def test_bad_input_is_answered_at_its_field_and_stays(world, sign_in, typed):
    answer = file_as_visitor(world, sign_in(None), spot="大门口", **typed)
    page = shown(answer)
    assert answer.status_code == 400
    assert f'id="id_{next(iter(typed))}_error"' in page
    assert "大门口" in page
    assert filed_by_visitors(world) == []


def test_a_building_of_another_compound_is_refused(world, sign_in):
    with scope.place(world.area("sibling")):
        building = world.compound("sibling").buildings.get().pk
    answer = file_as_visitor(world, sign_in(None), building=building)
    assert answer.status_code == 400
    assert 'id="id_building_error"' in shown(answer)


@pytest.mark.parametrize("code", [350582001001999, 350582001001000, 350582001000000, 350582000000000, 999999999999999])
def test_a_place_that_is_no_compound_is_404(sign_in, code):
    client = sign_in(None)
    assert client.get(reverse("complaints:file_here", args=[code])).status_code == 404
    assert client.post(reverse("complaints:file_here", args=[code]), {"text": "x"}).status_code == 404


def test_one_address_files_only_so_often(world, sign_in):
    client = sign_in(None)
    for _ in range(20):
        client.post(here(world), {"text": ""})
    answer = client.post(here(world), {"text": LIFT_STOPPED, "key": "a" * 32})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    shown(answer)
    assert filed_by_visitors(world) == []
    assert client.get(here(world)).status_code == 200
    assert client.post(here(world), {"text": LIFT_STOPPED}, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_somebody_who_lives_here_is_taken_to_their_own_form(world, sign_in):
    answer = sign_in(Role.RESIDENT).get(here(world))
    assert answer.headers["Location"] == f"/file/?compound={world.area()}"


def test_somebody_signed_in_from_elsewhere_files_like_a_visitor(world, sign_in):
    client = sign_in(Role.RESIDENT, "county")
    answer = client.get(here(world))
    assert answer.status_code == 200
    assert file_as_visitor(world, client).status_code == 302
    (row,) = filed_by_visitors(world)
    assert row.reporter_id is None


def test_a_visitor_leaves_no_scope_behind(world, sign_in, foreign):
    """After filing, the same browser sees nothing of the compound."""
    client = sign_in(None)
    file_as_visitor(world, client)
    (row,) = filed_by_visitors(world)
    assert client.get(reverse("complaints:ticket", args=[row.number])).status_code == 302
    assert client.get("/compounds/").status_code == 302


def test_printed_codes_and_slips_outlive_a_new_code_for_the_street(world, sign_in):
    row = ticket(world, State.RESOLVED)
    with scope.everything(reason="tests: recode"):
        places.recode(350582_001_000_000, 350582_901_000_000, by=actors.system())
    client = sign_in(None)
    answer = client.get(here(world))
    assert answer.headers["Location"] == reverse("complaints:file_here", args=[350582_901_001_001])
    assert client.get(answer.headers["Location"]).status_code == 200
    assert row.text in shown(client.get(slip(row)))


def test_number_and_code_lead_to_the_ticket_and_to_its_steps(world, sign_in):
    row = ticket(world, State.RESOLVED)
    client = sign_in(None)
    typed = {"number": f" {row.number} ", "code": numbers.tracking_code(row.number).upper()}
    answer = client.post("/t/", typed)
    assert answer.headers["Location"] == slip(row)
    page = shown(client.get(slip(row)))
    assert f'action="{slip(row, "track_rate")}"' in page
    assert client.post(slip(row, "track_rate"), {"version": row.version, "result": "solved", "manner": "good"}).status_code == 302
    assert client.post(slip(row, "track_redo"), {"version": row.version + 1, "text": "又坏了"}).status_code == 302
    stale = client.post(slip(row, "track_cancel"), {"version": row.version, "text": "不用了"})
    assert stale.status_code == 409
    assert "不用了" in shown(stale)
    assert client.post(slip(row, "track_cancel"), {"version": row.version + 2, "text": "不用了"}).status_code == 302
    with scope.place(world.area()):
        assert Ticket.objects.get(pk=row.pk).state == State.CANCELLED


def test_a_code_opens_one_ticket_only(world, sign_in):
    row, other = ticket(world, State.RESOLVED), ticket(world, State.RESOLVED)
    code = numbers.tracking_code(row.number)
    for name in ("track", "track_filed"):
        assert sign_in(None).get(reverse(f"complaints:{name}", args=[other.number, code])).status_code == 404
    for name in ("track_rate", "track_redo", "track_cancel"):
        url = reverse(f"complaints:{name}", args=[other.number, code])
        assert (
            sign_in(None).post(url, {"version": other.version, "text": "x", "result": "unsolved", "manner": "bad"}).status_code
            == 404
        )


@pytest.mark.parametrize("code", ["aaaaaaaaaaaaa", "", "%00", "中文", "a" * 200])
def test_a_wrong_code_and_an_absent_number_are_answered_alike(world, sign_in, code):
    row = ticket(world)
    client = sign_in(None)
    answers = [client.post("/t/", {"number": number, "code": code}) for number in (row.number, ABSENT)]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].status_code in (400, 404)

    def without(answer, number):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(number, ""))

    assert without(answers[0], row.number) == without(answers[1], ABSENT)


def test_wrong_code_and_absent_number_in_the_address_are_one_404(world, sign_in):
    row = ticket(world)
    client = sign_in(None)
    wrong, absent = (client.get(f"/t/{number}/aaaaaaaaaaaaa/") for number in (row.number, ABSENT))
    proved_but_absent = client.get(f"/t/{ABSENT}/{numbers.tracking_code(ABSENT)}/")
    bodies = {re.sub(r"[0-9a-f]{32}", "", answer.content.decode()) for answer in (wrong, absent, proved_but_absent)}
    assert {wrong.status_code, absent.status_code, proved_but_absent.status_code} == {404}
    assert len(bodies) == 1


def test_guessing_is_held_back(world, sign_in):
    row = ticket(world)
    client = sign_in(None)
    answers = [client.get(f"/t/{row.number}/aaaaaaaaaaaa{n % 10}/").status_code for n in range(60)]
    assert set(answers) == {404}
    assert client.get(slip(row)).status_code == 429


def test_an_anonymous_step_is_recorded_without_a_name(world, sign_in):
    row = ticket(world, State.RESOLVED, anonymous=True)
    sign_in(None).post(slip(row, "track_rate"), {"version": row.version, "result": "solved", "manner": "good"})
    with scope.place(world.area()):
        event = row.events.order_by("pk").last()
        assert (event.kind, event.by_reporter) == ("rated", True)
        manager = world.actor(Role.PROPERTY_MANAGER)
        assert tickets.queries.reporter_shown(manager, row).hidden
