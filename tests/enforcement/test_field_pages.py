"""What a phone keeps of the check list: the frame, its worker and manifest, and who is signed in; nothing of anybody else."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from enforcement import field_shell, field_words
from people.roles import DEPARTMENT, Role
from tenancy import scope
from tests.enforcement.test_visit_pages import as_person
from tests.factories import visits as factory
from tests.factories.world import CANARY, PASSWORD, World

SignIn = Callable[..., Client]
FIELD = "/checks/field/"
SCRIPTS = Path(settings.ROOT) / "assets" / "js" / "field"


def officer(world: World, kind: str = "UM", number: int = 1, place: str = "own") -> Client:
    with scope.everything(reason="tests: an officer"):
        return as_person(factory.officer(world, kind, number, place))


def started(world: World, place: str = "own") -> str:
    with scope.everything(reason="tests: a visit"):
        return f"{factory.started(world, place=place).number}"


@pytest.mark.parametrize("role", list(Role))
def test_the_frame_opens_for_those_who_may_be_officers(world: World, sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).get(FIELD).status_code == (200 if role in DEPARTMENT else 404)


def test_the_frame_names_nobody_and_is_the_same_for_all_of_one_build(world: World) -> None:
    number = started(world)
    one, two = officer(world).get(FIELD), officer(world, "FR", 2).get(FIELD)
    assert one.content == two.content
    for secret in (number, "officer1", CANARY, "csrf"):
        assert secret not in one.content.decode()
    assert one["X-Field-Build"] == field_shell.version()
    assert one["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=(self)"
    assert "geolocation=()" in officer(world).get("/checks/visits/")["Permissions-Policy"]


def test_a_stranger_signs_in_first(client: Client, world: World) -> None:
    answer = client.get(FIELD)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={FIELD}")
    answer = client.get(f"{FIELD}who/")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


def test_the_worker_keeps_what_the_frame_asks_for_and_nothing_else(world: World) -> None:
    answer = Client().get(f"{FIELD}worker.js")
    body = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == (FIELD, "no-cache")
    found = re.match(r"self\.FIELD = (\{.*\});\n", body)
    told: dict[str, Any] = json.loads(found[1]) if found else {}
    assert (told["version"], told["shell"]) == (field_shell.version(), FIELD)
    page = BeautifulSoup(officer(world).get(FIELD).content, "html.parser")
    asked = {each.get("src") or each.get("href") for each in page.select("script[src], link[rel=stylesheet], link[rel=icon]")}
    assert asked <= set(told["files"])
    assert page.body["data-icons"] in told["files"]
    assert all(each.startswith("/static/build/") for each in told["files"])


def test_a_changed_word_or_file_is_another_build(monkeypatch: pytest.MonkeyPatch) -> None:
    before = field_shell.version()
    with monkeypatch.context() as patched:
        patched.setitem(field_words.WORDS, "name", "other")
        assert field_shell.version() != before
    assert field_shell.version() == before
    with monkeypatch.context() as patched:
        patched.setattr(field_shell, "_bytes", lambda name: b"" if name == "field.js" else name.encode())
        without = field_shell.version()
        patched.setattr(field_shell, "_bytes", lambda name: name.encode())
        assert field_shell.version() != without


def test_the_manifest_makes_it_installable(client: Client, world: World) -> None:
    answer = client.get(f"{FIELD}app.webmanifest")
    told = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"]) == (FIELD, FIELD, "standalone")
    assert {each["sizes"] for each in told["icons"]} == {"192x192", "512x512"}
    for each in told["icons"]:
        assert (Path(settings.ROOT) / each["src"].removeprefix("/")).read_bytes().startswith(b"\x89PNG")


def test_who_names_the_reader_and_their_visits(world: World, sign_in: SignIn) -> None:
    number = started(world)
    told = officer(world).get(f"{FIELD}who/").json()
    assert [each["number"] for each in told["visits"]] == [number]
    assert (told["name"], told["build"], told["language"]) == ("officer1", field_shell.version(), "zh-hans")
    other = officer(world, "FR", 2).get(f"{FIELD}who/").json()
    assert other["id"] != told["id"]
    head = sign_in(Role.STREET_LEADER).get(f"{FIELD}who/").json()
    assert head["visits"] == []
    body = officer(world, place="county").get(f"{FIELD}who/").content.decode()
    assert number not in body


def test_the_token_sends_and_an_older_persons_does_not(world: World) -> None:
    """Who signed in meanwhile on the same phone sends nothing in the name of the first."""
    number = started(world)
    with scope.everything(reason="tests: two officers"):
        names = [factory.officer(world, "UM", each).user.username for each in (1, 2)]
    client = Client(enforce_csrf_checks=True)
    one = _signed_in(client, names[0])
    _typed(client, "/accounts/logout/", {})
    two = _signed_in(client, names[1])
    said = {"kind": "present", "order": 1, "made_at": "2026-11-01T09:00:00Z", "said": {"role": "firm", "name": ""}}
    sent = {"changes": [{"id": "6f0c1f3e-6d2e-4a3e-9c80-2f4f1f8a9b10", **said}]}

    def send(token: str) -> int:
        here = f"/api/v1/visits/{number}/changes/"
        return client.post(here, sent, content_type="application/json", headers={"X-CSRFToken": token}).status_code

    assert (send(one), send(""), send(two)) == (403, 403, 200)


def _typed(client: Client, address: str, said: dict[str, str]) -> None:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    token = page.select_one(f"form[action='{address}'] [name=csrfmiddlewaretoken], main [name=csrfmiddlewaretoken]")["value"]
    assert client.post(address, {**said, "csrfmiddlewaretoken": str(token)}).status_code == 302


def _signed_in(client: Client, username: str) -> str:
    """By the form, which makes the tokens of the session before worthless; gives a token for sending."""
    _typed(client, "/accounts/login/", {"login": username, "password": PASSWORD})
    token: str = client.get(f"{FIELD}who/").json()["token"]
    return token


def test_an_officer_finds_the_way_from_the_visit(world: World, sign_in: SignIn) -> None:
    number = started(world)
    link = f"{FIELD}#{number}"
    assert link in officer(world).get(f"/checks/visits/{number}/").content.decode()
    assert link not in sign_in(Role.STREET_CLERK).get(f"/checks/visits/{number}/").content.decode()


def test_the_scripts_ask_for_no_word_that_is_not_there() -> None:
    scripts = "".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    asked = set(re.findall(r'\bt\("(\w+)"', scripts)) | set(re.findall(r'\? "(\w+)" : "(\w+)"\)', scripts)[0])
    assert asked - {"name"} <= set(field_words.WORDS)
    choices = set(re.findall(r'labelOf\("(\w+)"', scripts)) | set(re.findall(r"choices\.(\w+)", scripts)) - {"find", "party"}
    assert choices <= set(field_words.CHOICES) | {"party"}
