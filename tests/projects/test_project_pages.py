"""The page of a project: what everybody sees of it, and its steps with their refusals."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from communities import actions as communities
from complaints.states import State
from config.demo_data.pictures import picture
from people.actions import appointments
from people.actors import system
from people.roles import Role
from projects.models import Milestone, Project, ProjectPhoto, Verdict, WeekReport
from projects.states import ProjectState, Side
from tenancy import clock, scope
from tests.factories.projects import SPOT, project, this_month, whole
from tests.factories.tickets import ticket
from tests.factories.world import World
from tests.projects.conftest import EVERYBODY, SignIn, shown

pytestmark = pytest.mark.usefixtures("foreign")
ABSENT = "P350582001-2611-999999"
STEPS = ["start", "report", "deliver", "say", "confirm", "send-back", "close", "reopen", "drop", "change"]


def to(row: Project | str, step: str = "") -> str:
    return f"/projects/{row}/" + (f"{step}/" if step else "")


def upload(name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, io.BytesIO(picture("done").body).getvalue(), content_type="image/jpeg")


def now(row: Project) -> Project:
    with scope.everything(reason="tests: look at the row"):
        return Project.objects.get(pk=row.pk)


def rows(model: Any, row: Project, **wanted: Any) -> list[Any]:
    with scope.everything(reason="tests: look at the rows"):
        return list(model.objects.filter(project=row, **wanted))


def bare(answer: Any) -> str:
    return re.sub(r"[0-9a-f]{32}|P[0-9]{9}-[0-9]{4}-[0-9]{6}", "", answer.content.decode())


def test_everybody_there_sees_what_is_promised_by_whom_for_how_much(world: World, sign_in: SignIn) -> None:
    row = whole(world)
    pages = [shown(sign_in(role).get(to(row))) for role in EVERYBODY]
    for words in ("更换地库照明", "¥3,000.00", world.firm().name, row.ends_on.isoformat(), SPOT, "灯具到货"):
        assert [words in page for page in pages] == [True] * len(EVERYBODY), words
    assert f'href="/compounds/{row.area}/plans/{this_month():%Y-%m}/"' in pages[0]


def test_quotes_names_and_residents_words_stay_inside(world: World, sign_in: SignIn) -> None:
    row = whole(world)
    inside, outside = shown(sign_in(Role.STREET_CLERK).get(to(row))), shown(sign_in(Role.RESIDENT).get(to(row)))
    manager = world.user(Role.PROPERTY_MANAGER).label
    for words in ("安装队", manager):
        assert words in inside
        assert words not in outside
    assert "还有一盏不亮" in inside
    assert outside.count("还有一盏不亮") == 1, "one's own word only"


def test_a_complaint_is_linked_for_its_readers_and_counted_for_others(world: World, sign_in: SignIn) -> None:
    number = ticket(world, State.ACCEPTED).number
    with scope.everything(reason="tests: somebody else's home"):
        row = whole(world, tickets=(number,))
    link = f'href="/tickets/{number}/"'
    assert link in shown(sign_in(Role.PROPERTY_MANAGER).get(to(row)))
    other = sign_in(None)
    neighbour = appointments.open_account(username="neighbour", name="邻居", by=system())
    with scope.everything(reason="tests: a neighbour"):
        claim = communities.claim_residency(world.compound(), user=neighbour, kind="tenant", home=world.home(), by=system())
        communities.verify_residency(claim.pk, by=system())
    other.force_login(neighbour, backend="people.backends.NameOrPhoneBackend")
    page = shown(other.get(to(row)))
    assert number not in page
    assert "1 件诉求" in page


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_a_foreign_project_is_answered_like_an_absent_one(
    world: World, sign_in: SignIn, foreign: dict[str, str], role: Role
) -> None:
    client = sign_in(role)
    for step in ["", *STEPS]:
        absent = client.get(to(ABSENT, step))
        assert absent.status_code == 404
        for number in foreign.values():
            assert bare(client.get(to(number, step))) == bare(absent), step
            if step:
                assert client.post(to(number, step), {"version": "1", "text": "文字"}).status_code == 404, step


def test_without_script_the_earlier_photo_stands_beside_a_plain_file_input(world: World, sign_in: SignIn) -> None:
    row = project(world, ProjectState.WORKING)
    client = sign_in(Role.PROPERTY_MANAGER)
    assert "data-overlay" not in shown(client.get(to(row, "report"))), "there is nothing to lay over yet"
    sent = {"version": row.version, "text": "灯具到货", "percent_1": 50, "percent_2": 0, "spot_0": SPOT, "photo_0": upload()}
    assert client.post(to(row, "report"), sent).status_code == 302
    answer = client.get(to(row, "report"))
    form = shown(answer)
    assert re.search(r'<img data-overlay-earlier src="[^"]+/small/"', form)
    assert 'type="file" id="id_photo_0"' in form
    for part in ("data-overlay-view", "data-camera", "data-camera-take", "data-camera-stop"):
        assert re.search(rf"{part} hidden>", form), f"{part} waits for the script"
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "microphone=()" in client.get("/projects/")["Permissions-Policy"]


def test_drafts_are_no_promise(world: World, sign_in: SignIn) -> None:
    row = project(world, ProjectState.DRAFTED)
    assert sign_in(Role.RESIDENT).get(to(row)).status_code == 404
    assert "更换地库照明" in shown(sign_in(Role.PROPERTY_MANAGER).get(to(row)))


def test_the_work_is_begun_with_a_photo_and_reported_from_the_same_spot(world: World, sign_in: SignIn) -> None:
    row, client = project(world, ProjectState.PLANNED), sign_in(Role.PROPERTY_MANAGER)
    assert 'enctype="multipart/form-data"' in shown(client.get(to(row, "start")))
    sent = {"version": row.version, "spot_0": "地库三区入口", "photo_0": upload()}
    assert client.post(to(row, "start"), sent).status_code == 302
    row = now(row)
    assert row.state == ProjectState.WORKING
    form = shown(client.get(to(row, "report")))
    assert "地库三区入口" in form, "the earlier photo's spot is offered"
    (photo,) = rows(ProjectPhoto, row)
    assert f"/projects/{row.number}/photos/{photo.photo_id}/small/" in form
    sent = {
        "version": row.version,
        "text": "灯具到货",
        "delay": "",
        "percent_1": 100,
        "percent_2": 50,
        "spot_0": "地库三区入口",
        "photo_0": upload(),
    }
    assert client.post(to(row, "report"), sent).status_code == 302
    row = now(row)
    assert row.progress == 65
    page = shown(client.get(to(row)))
    assert page.count("<figure>") == 2, "before beside after"
    assert len(rows(ProjectPhoto, row, spot="地库三区入口")) == 2


def test_a_refused_report_keeps_what_was_typed_and_says_why_by_the_field(world: World, sign_in: SignIn) -> None:
    row, client = project(world, ProjectState.WORKING), sign_in(Role.PROPERTY_MANAGER)
    with clock.standing_at(timezone.now() + timedelta(days=40)):
        client = sign_in(Role.PROPERTY_MANAGER)
        sent = {"version": row.version, "text": "还差一点", "delay": "", "percent_1": 100, "percent_2": 10}
        page = shown(client.post(to(row, "report"), sent), 400)
    assert "还差一点" in page
    assert 'id="id_delay_error"' in page
    assert not rows(WeekReport, row)
    page = shown(client.post(to(row, "report"), sent | {"percent_1": 101, "photo_0": upload("厂牌.jpg")}), 400)
    assert 'id="id_percent_1_error"' in page
    assert "厂牌.jpg" in page, "which photos are to be chosen again"


def test_a_photo_needs_its_spot_and_must_be_one(world: World, sign_in: SignIn) -> None:
    row, client = project(world, ProjectState.PLANNED), sign_in(Role.PROPERTY_MANAGER)
    page = shown(client.post(to(row, "start"), {"version": row.version, "spot_0": "", "photo_0": upload()}), 400)
    assert 'id="id_spot_0_error"' in page
    bad = SimpleUploadedFile("x.jpg", b"no picture", content_type="image/jpeg")
    page = shown(client.post(to(row, "start"), {"version": row.version, "spot_0": "门口", "photo_0": bad}), 400)
    assert 'id="id_photo_0_error"' in page
    assert "门口" in page
    assert now(row).state == ProjectState.PLANNED


def test_a_step_from_an_old_page_is_409_and_can_be_sent_once_more(world: World, sign_in: SignIn) -> None:
    row, client = project(world, ProjectState.PLANNED), sign_in(Role.STREET_CLERK)
    page = shown(client.post(to(row, "drop"), {"version": row.version - 1, "text": "资金没有着落"}), 409)
    assert "资金没有着落" in page
    assert f'name="version" value="{row.version}"' in page
    assert now(row).state == ProjectState.PLANNED
    assert client.post(to(row, "drop"), {"version": row.version, "text": "资金没有着落"}).status_code == 302
    assert now(row).state == ProjectState.DROPPED
    assert "资金没有着落" in shown(sign_in(Role.RESIDENT).get(to(row)))


def test_delivery_without_a_photo_is_refused_with_its_words(world: World, sign_in: SignIn) -> None:
    row, client = project(world, ProjectState.WORKING), sign_in(Role.PROPERTY_MANAGER)
    page = shown(client.post(to(row, "deliver"), {"version": row.version, "text": "全部换好", "achieved": 20}), 400)
    assert "全部换好" in page
    assert 'id="id_photos_error"' in page
    assert not rows(Milestone, row, percent=100)


def test_from_verdict_to_closing(world: World, sign_in: SignIn, speaking: Any) -> None:
    row = project(world, ProjectState.DELIVERED)
    resident = sign_in(Role.RESIDENT)
    assert f'action="{to(row, "say")}"' in shown(resident.get(to(row)))
    page = shown(resident.post(to(row, "say"), {"version": row.version, "good": "no", "text": ""}), 400)
    assert 'id="id_text_error"' in page
    assert resident.post(to(row, "say"), {"version": row.version, "good": "yes", "text": ""}).status_code == 302
    assert [said.good for said in rows(Verdict, row)] == [True]
    assert f'action="{to(row, "say")}"' not in shown(resident.get(to(row)))
    assert shown(resident.post(to(row, "say"), {"version": row.version, "good": "yes"}), 400)
    committee = speaking(Side.NEIGHBOURHOOD)
    page = shown(committee.post(to(row, "confirm"), {"version": row.version, "text": ""}), 400)
    assert 'id="id_text_error"' in page
    assert committee.post(to(row, "confirm"), {"version": row.version, "text": "入户征求过意见"}).status_code == 302
    row = now(row)
    assert sign_in(Role.PROPERTY_MANAGER).get(to(row, "close")).status_code == 403
    assert sign_in(Role.STREET_CLERK).post(to(row, "close"), {"version": row.version}).status_code == 302
    row = now(row)
    assert row.state == ProjectState.CLOSED
    assert to(row, "reopen") in shown(resident.get(to(row)))
    with clock.standing_at(timezone.now() + timedelta(days=400)):
        late = sign_in(Role.RESIDENT)
        assert to(row, "reopen") not in shown(late.get(to(row)))
        page = shown(late.post(to(row, "reopen"), {"version": row.version, "text": "又坏了"}), 400)
        assert "又坏了" in page


def test_photos_go_through_the_projects_door(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    row = whole(world)
    with scope.everything(reason="tests: ids of photos"):
        own = ProjectPhoto.objects.filter(project=row)[0].photo_id
        other = ProjectPhoto.objects.filter(project__number=foreign["sibling"])[0].photo_id
    client: Client = sign_in(Role.RESIDENT)
    for small in ("", "small/"):
        answer = client.get(f"{to(row)}photos/{own}/{small}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"] == "private, no-store"
        assert client.get(f"{to(row)}photos/{other}/{small}").status_code == 404
        assert client.get(f"{to(foreign['sibling'])}photos/{other}/{small}").status_code == 404


def test_a_step_that_is_over_leads_back(world: World, sign_in: SignIn) -> None:
    row = project(world, ProjectState.WORKING)
    answer = sign_in(Role.PROPERTY_MANAGER).get(to(row, "start"))
    assert (answer.status_code, answer["Location"]) == (302, to(row))
