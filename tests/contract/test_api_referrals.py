"""Referrals through the API."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo_data.pictures import picture
from enforcement.counsel_states import ReferralState
from people.roles import Role
from tenancy import clock
from tests.contract.callers import caller, fault
from tests.factories.referrals import court, referral
from tests.factories.world import CANARY, World


def test_from_the_draft_to_the_court(world: World) -> None:
    clerk, resident = caller(world, Role.STREET_CLERK), caller(world, Role.RESIDENT)
    said: dict[str, Any] = {"area": world.area(), "court": court(world).pk, "subject": "物业费", "text": "有争议"}
    assert fault(clerk.post("referrals/", {**said, "court": world.streets["own"]}))[::2] == (400, "court")
    assert resident.post("referrals/", said).status_code == 403
    row = clerk.post("referrals/", said).json()
    one = f"referrals/{row['id']}/"
    phone = world.user(Role.RESIDENT).phone
    row = clerk.post(f"{one}parties/", {"version": 1, "name": "张先生", "side": "业主", "phone": phone}).json()
    row = clerk.post(f"{one}parties/", {"version": row["version"], "name": "李女士", "side": "租户"}).json()
    assert [each["account"] for each in row["parties"]] == [True, False]
    row = clerk.post(f"{one}ask/", {"version": row["version"]}).json()
    seen = resident.post(f"{one}agree/", {}).json()
    assert (seen["own_consent"], seen["parties"]) == ("given", [])
    assert clerk.post(f"{one}send/", {"version": seen["version"]}).status_code == 409
    paper = f"{one}parties/{row['parties'][1]['id']}/on-paper/"
    given = {"said": "given", "said_on": f"{clock.today()}"}
    assert fault(clerk.post(paper, given)) == (400, "required", "photo")
    photo = SimpleUploadedFile("paper.jpg", picture("done").body, "image/jpeg")
    row = clerk.form(paper, {**given, "photo": photo}).json()
    kept = row["parties"][1]["said"][0]["photo"]
    assert clerk.get(f"{one}papers/{kept}/")["Content-Type"] == "image/jpeg"
    assert resident.get(f"{one}papers/{kept}/").status_code == 404
    assert clerk.post(f"{one}send/", {"version": row["version"]}).json()["state"] == "sent"
    assert resident.post(f"{one}take-back/", {}).json()["state"] == "waiting"


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    who = caller(world, Role.STREET_CLERK)
    absent = who.get(f"referrals/{10**9}/").json()
    for place in ("street", "county"):
        row = referral(world, ReferralState.WAITING, place=place)
        answer = who.get(f"referrals/{row.pk}/")
        assert (answer.status_code, answer.json()) == (404, absent)
        assert who.post(f"referrals/{row.pk}/send/", {}).status_code == 404
        assert who.post(f"referrals/{row.pk}/parties/1/on-paper/", {}).status_code == 404
    assert CANARY not in who.get("referrals/").content.decode()
