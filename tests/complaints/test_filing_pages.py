"""Filing through the pages: a resident, the firm on patrol, a clerk for a caller."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.models import Ticket, TicketPhoto
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, ticket
from tests.factories.world import CANARY
from tests.files import samples


def rows(world, place="own"):
    with scope.place(world.area(place)):
        return list(Ticket.objects.select_related("home", "building").order_by("pk"))


def photo(name="电梯.jpg", body=None):
    return SimpleUploadedFile(name, body if body is not None else samples.encoded(samples.picture()), "image/jpeg")


def key_in(answer):
    return re.search(r'name="key" value="([0-9a-f]{32})"', answer.content.decode())[1]


@pytest.fixture(autouse=True)
def _foreign_ticket(world):
    ticket(world, place="sibling", public=True)
    ticket(world, place="county")


def shown(answer):
    text = answer.content.decode()
    assert CANARY not in text
    return text


def test_a_resident_files_with_one_text_and_the_place_is_the_home(world, sign_in):
    client = sign_in(Role.RESIDENT)
    page = client.get("/file/")
    assert "3号楼 502" in shown(page)
    answer = client.post("/file/", {"text": LIFT_STOPPED, "key": key_in(page), "photos": [photo(), photo("二.jpg")]})
    (row,) = rows(world)
    assert answer.headers["Location"] == reverse("complaints:filed", args=[row.number])
    assert (row.text, row.building.name, row.home.name, row.channel) == (LIFT_STOPPED, "3号楼", "502", "web")
    assert (row.reporter_id, row.anonymous, row.confidential) == (world.users[Role.RESIDENT, "own"], False, False)
    with scope.place(world.area()):
        assert TicketPhoto.objects.filter(ticket=row).count() == 2
    slip = shown(client.get(answer.headers["Location"]))
    assert row.number in slip
    assert "<svg" in slip
    assert 'role="alert"' not in slip


def test_danger_shows_the_numbers_to_call_before_anything_else(world, sign_in):
    client = sign_in(Role.RESIDENT)
    answer = client.post("/file/", {"text": LIFT_TRAPPED, "key": "a" * 32}, follow=True)
    page = shown(answer)
    main = page[page.index('<main id="main"') :]
    assert main.index('class="emergency"') < main.index("<h1")
    assert re.findall(r'href="tel:([^"]+)"', main[: main.index("<h1")]) == ["119", "96333", "0595-0000000"]


def test_two_taps_on_one_form_make_one_ticket(world, sign_in):
    client = sign_in(Role.RESIDENT)
    key = key_in(client.get("/file/"))
    first = client.post("/file/", {"text": LIFT_STOPPED, "key": key})
    second = client.post("/file/", {"text": LIFT_STOPPED, "key": key})
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(world)) == 1


def test_the_same_form_with_other_words_asks_again_and_then_files_a_second_ticket(world, sign_in):
    client = sign_in(Role.RESIDENT)
    key = key_in(client.get("/file/"))
    client.post("/file/", {"text": LIFT_STOPPED, "key": key})
    again = client.post("/file/", {"text": "路灯不亮", "key": key})
    assert again.status_code == 422
    assert "路灯不亮" in shown(again)
    assert key_in(again) != key
    assert client.post("/file/", {"text": "路灯不亮", "key": key_in(again)}).status_code == 302
    assert [row.text for row in rows(world)] == [LIFT_STOPPED, "路灯不亮"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("楼道灯坏了 😀👨‍👩‍👧", "楼道灯坏了 😀👨‍👩‍👧"),
        ("عربي\u202eevil 灯", "عربيevil 灯"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ('=HYPERLINK("http://x","灯坏")', '=HYPERLINK("http://x","灯坏")'),
        ("e\u0301clairage\r\n坏了\x07", "\u00e9clairage\n坏了"),
        ("灯" * 2000, "灯" * 2000),
    ],
    ids=["emoji", "rtl", "script", "formula", "control", "longest"],
)
def test_odd_text_is_kept_as_text(world, sign_in, typed, kept):
    client = sign_in(Role.RESIDENT)
    answer = client.post("/file/", {"text": typed, "key": "b" * 32}, follow=True)
    (row,) = rows(world)
    assert row.text == kept
    page = shown(client.get(reverse("complaints:ticket", args=[row.number])))
    assert "<script>alert" not in page
    assert answer.status_code == 200


@pytest.mark.parametrize("typed", ["", "   \u200b ", "灯\x00坏了", "灯" * 2001], ids=["empty", "invisible", "nul", "too long"])
def test_a_text_that_cannot_be_filed_is_answered_at_the_field_and_stays(world, sign_in, typed):
    client = sign_in(Role.RESIDENT)
    answer = client.post("/file/", {"text": typed, "spot": "二单元", "key": "c" * 32})
    page = shown(answer)
    assert answer.status_code == 400
    assert 'id="id_text_error"' in page
    assert 'value="二单元"' in page
    if typed.strip("\u200b "):
        assert typed in page
    assert rows(world) == []


BAD_PHOTOS = {
    "broken": samples.encoded(samples.picture())[:400],
    "svg": samples.SVG,
    "html": b"<html><script>alert(1)</script>",
    "bomb": samples.flat_png(10_000, 10_000),
    "empty": b"",
}


@pytest.mark.parametrize("kind", BAD_PHOTOS)
def test_a_bad_photo_is_named_with_the_reason_and_the_words_stay(world, sign_in, kind):
    client = sign_in(Role.RESIDENT)
    good, bad = photo("好.jpg"), photo(f"坏\u202e<b>{kind}.jpg", BAD_PHOTOS[kind])
    answer = client.post("/file/", {"text": "楼道灯坏了", "key": "d" * 32, "photos": [good, bad]})
    page = shown(answer)
    assert answer.status_code == 400
    errors = re.findall(r'id="id_photos_error">(.*?)</ul>', page, re.S)[0]
    assert f"坏&lt;b&gt;{kind}.jpg" in errors
    assert "好.jpg" in errors  # to be chosen again
    assert errors.count(f"{kind}.jpg") == 1  # the bad one is not
    assert "楼道灯坏了" in page
    assert rows(world) == []


def test_ten_photos_are_refused_before_any_is_read(world, sign_in, monkeypatch):
    monkeypatch.setattr("files.images.decode", lambda *_, **__: pytest.fail("decoded"))
    client = sign_in(Role.RESIDENT)
    answer = client.post("/file/", {"text": "灯坏了", "key": "e" * 32, "photos": [photo(f"{n}.jpg") for n in range(10)]})
    assert answer.status_code == 400
    assert 'id="id_photos_error"' in shown(answer)
    assert rows(world) == []


def test_photos_are_not_read_while_words_are_missing_and_are_to_be_chosen_again(world, sign_in, monkeypatch):
    monkeypatch.setattr("files.images.decode", lambda *_, **__: pytest.fail("decoded"))
    answer = sign_in(Role.RESIDENT).post("/file/", {"text": "", "photos": [photo("a.jpg", b"x" * 10)]})
    assert answer.status_code == 400
    assert "a.jpg" in re.findall(r'id="id_photos_error">(.*?)</ul>', shown(answer), re.S)[0]


def test_an_anonymous_report_leaves_the_home_out(world, sign_in):
    client = sign_in(Role.RESIDENT)
    client.post("/file/", {"text": "邻居在楼道堆物", "anonymous": "on", "key": "f" * 32})
    (row,) = rows(world)
    assert (row.anonymous, row.home, row.building.name) == (True, None, "3号楼")


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_a_foreign_compound_is_answered_like_an_absent_one(world, sign_in, role, place):
    client = sign_in(role)
    foreign = client.get(f"/file/?compound={world.area(place)}")
    absent = client.get("/file/?compound=350582001001999")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert client.post(f"/file/?compound={world.area(place)}", {"text": "灯坏了"}).status_code == 404
    shown(foreign)


@pytest.mark.parametrize("where", ["abc", "1", "9" * 15, "３" * 15, "350582001001001\x00"])
def test_a_compound_that_is_no_code_is_404(sign_in, where):
    assert sign_in(Role.RESIDENT).get("/file/", {"compound": where}).status_code == 404


def test_the_firm_logs_what_it_found_and_is_not_the_reporter(world, sign_in):
    client = sign_in(Role.PROPERTY_STAFF)
    page = client.get("/file/")
    assert 'name="anonymous"' not in shown(page)
    with scope.place(world.area()):
        building = world.compound().buildings.get().pk
    answer = client.post("/file/", {"text": "消防通道堆放杂物", "building": building, "key": key_in(page)}, follow=True)
    (row,) = rows(world)
    assert (row.channel, row.reporter_id, row.filed_by_id) == ("patrol", None, world.users[Role.PROPERTY_STAFF, "own"])
    assert row.building_id == building
    assert row.number in shown(answer)


def test_a_building_elsewhere_is_refused_at_its_field(world, sign_in):
    with scope.place(world.area("sibling")):
        building = world.compound("sibling").buildings.get().pk
    answer = sign_in(Role.PROPERTY_STAFF).post("/file/", {"text": "灯坏了", "building": building})
    assert answer.status_code == 400
    assert 'id="id_building_error"' in shown(answer)
    assert rows(world) == []


def test_a_clerk_chooses_the_compound_by_name_and_files_for_a_caller(world, sign_in):
    client = sign_in(Role.STREET_CLERK)
    choice = client.get("/file/?q=own")
    content = choice.content.decode()
    assert f"compound={world.area()}" in content
    assert f"compound={world.area('sibling')}" not in content
    url = f"/file/?as=phone&compound={world.area()}"
    page = client.get(url)
    bad = client.post(url, {"text": "灯坏了", "reporter_phone": "不是号码", "key": key_in(page)})
    assert bad.status_code == 400
    assert 'id="id_reporter_phone_error"' in bad.content.decode()
    client.post(url, {"text": "灯坏了", "reporter_name": "林", "reporter_phone": "139 0000-0000", "key": key_in(page)})
    (row,) = rows(world)
    assert (row.channel, row.reporter_id, row.reporter_name, row.reporter_phone) == ("phone", None, "林", "139 0000-0000")


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HANDLER, Role.SUPERVISOR, Role.SYSTEM_ADMIN])
def test_who_files_nowhere_is_told_so(sign_in, role):
    assert sign_in(role).get("/file/").status_code == 403


def test_somebody_signed_out_is_taken_to_the_sign_in(sign_in):
    answer = sign_in(None).get("/file/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_resident_of_two_homes_chooses_one(world, sign_in):
    from communities import actions as communities
    from people import actors

    with scope.everything(reason="tests: a second home"):
        user = world.user(Role.RESIDENT)
        street = world.compound("street")
        home = world.home("street")
        claimed = communities.claim_residency(street, user=user, kind="tenant", home=home, by=actors.system())
        communities.verify_residency(claimed.pk, by=actors.system())
    client = sign_in(Role.RESIDENT)
    page = client.get(f"/file/?compound={world.area('street')}").content.decode()
    choices = dict(re.findall(r'name="where" value="([^"]+)"[^>]*?( checked)?>', page))
    assert choices == {f"{world.area()}-{world.homes['own']}": "", f"{world.area('street')}-{world.homes['street']}": " checked"}
    client.post("/file/", {"text": "灯坏了", "where": f"{world.area('street')}-{world.homes['street']}"})
    assert len(rows(world, "street")) == 1
    bad = client.post("/file/", {"text": "灯坏了", "where": f"{world.area('county')}-{world.homes['county']}"})
    assert bad.status_code == 400
    assert 'id="id_where_error"' in bad.content.decode()


def test_the_slip_is_only_for_whoever_filed(world, sign_in):
    row = ticket(world, public=True)
    assert sign_in(Role.RESIDENT).get(reverse("complaints:filed", args=[row.number])).status_code == 200
    for role, place in [(Role.PROPERTY_MANAGER, "own"), (Role.STREET_CLERK, "own"), (Role.RESIDENT, "sibling")]:
        assert sign_in(role, place).get(reverse("complaints:filed", args=[row.number])).status_code == 404
