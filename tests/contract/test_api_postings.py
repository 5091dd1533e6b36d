"""Postings through the API."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities.posting_states import PostingState
from config.demo_data.pictures import picture
from people.roles import Role
from tenancy import clock
from tests.contract.callers import caller, fault
from tests.factories.postings import posting
from tests.factories.world import CANARY, World


def said(**other: Any) -> dict[str, Any]:
    due = f"{clock.today() + timedelta(days=3)}"
    return {"kind": "accounts", "subject": "公共收益", "text": "上半年收支", "due_on": due, "days": 7} | other


def test_from_asking_to_an_answered_objection(world: World) -> None:
    manager, staff, resident = (caller(world, role) for role in (Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF, Role.RESIDENT))
    here = f"compounds/{world.area()}/postings/"
    assert fault(manager.post(here, said(days=0)))[::2] == (400, "days")
    clerk = caller(world, Role.STREET_CLERK)
    assert fault(clerk.post(here, said(kind="check_list")))[::2] == (400, "kind")
    row = manager.post(here, said()).json()
    one = f"postings/{row['id']}/"
    assert resident.get(one).status_code == 404
    refused = staff.post(f"{one}put-up/", {"version": row["version"], "spot": "南门"})
    assert fault(refused) == (400, "required", "photos")
    photo = SimpleUploadedFile("board.jpg", picture("done").body, "image/jpeg")
    row = staff.form(f"{one}put-up/", {"version": row["version"], "spot": "南门", "photos": photo}).json()
    assert (row["state"], len(row["photos"])) == ("up", 1)
    assert resident.get(f"{one}photos/{row['photos'][0]}/")["Content-Type"] == "image/jpeg"
    held = resident.post(f"{one}objections/", {"text": "少了一笔"}).json()["objections"]
    assert (len(held), held[0]["raised_by"]) == (1, None)
    answered = manager.post(f"{one}objections/{held[0]['id']}/answer/", {"text": "已补上"}).json()["objections"][0]
    assert answered["answer"] == "已补上"
    assert answered["raised_by"]
    assert fault(staff.post(f"{one}take-down/", {"version": row["version"]})) == (400, "required", "reason")
    assert staff.post(f"{one}take-down/", {"version": row["version"], "reason": "换新表"}).json()["state"] == "down"


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    who = caller(world, Role.STREET_CLERK)
    absent = who.get(f"postings/{10**9}/").json()
    for place in ("street", "county"):
        row = posting(world, PostingState.UP, place=place)
        answer = who.get(f"postings/{row.pk}/")
        assert (answer.status_code, answer.json()) == (404, absent)
        assert who.get(f"compounds/{row.area}/postings/").status_code == 404
        assert who.post(f"postings/{row.pk}/take-down/", {"version": 2, "reason": "x"}).status_code == 404
    assert CANARY not in who.get(f"compounds/{world.area()}/postings/").content.decode()
