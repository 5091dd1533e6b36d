"""The description of the API is complete, and the API keeps to it."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, strategies
from hypothesis import settings as effort
from rest_framework import serializers
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from complaints.models import KnowledgeNote, RuleSet, Ticket
from complaints.states import State
from config.api_docs import described
from people.actions import tokens
from people.roles import Role
from projects.models import MonthPlan, Project
from projects.states import POSSIBLE, ProjectState
from tenancy import scope
from tests.contract.callers import Caller
from tests.factories import projects
from tests.factories.notes import note
from tests.factories.rules import draft, rule
from tests.factories.tickets import ticket
from tests.factories.world import World

SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(described())))
WSGI = get_wsgi_application()


def served(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """As a web server does it: read the answer to its end and close it, which also closes what was uploaded."""
    answer = WSGI(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


SCHEMA.app = served
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method, operation) for path, methods in described()["paths"].items() for method, operation in methods.items()
]
ROLES = {
    **dict.fromkeys(["rate", "redo", "cancel", "tickets", "compounds", "notices"], Role.RESIDENT),
    **dict.fromkeys(["{county}", "versions"], Role.COUNTY_CLERK),
    **dict.fromkeys(["say", "reopen"], Role.RESIDENT),
    **dict.fromkeys(["send-back"], Role.STREET_CLERK),
    **dict.fromkeys(["dispatch", "reply-directly", "refuse", "close", "organisations"], Role.STREET_CLERK),
}
"""Who can take the step, by the last part of its address."""
STATES = (State.TRIAGE, State.DISPATCHED, State.ACCEPTED, State.RESOLVED)
EXAMPLES = 15
NAMED = [f"{method} {path}" for path, method, _ in OPERATIONS]


def test_every_operation_is_described_with_its_refusals() -> None:
    for path, method, operation in OPERATIONS:
        where = f"{method} {path}"
        assert operation["summary"], where
        assert len(operation["description"]) > 20 or operation["description"].endswith("."), where
        refused = {status for status in operation["responses"] if status >= "400"}
        assert "503" in refused, where
        if operation.get("security") or method != "post" or "token" not in path:
            assert "401" in refused, where
        if "{" in path:
            assert "404" in refused, where
        if "requestBody" in operation:
            assert {"400", "413", "415", "429"} <= refused, where
        if "/tickets/{number}/" in path and method == "post" and not path.endswith(("reveal/", "internal-notes/")):
            assert "409" in refused, where
        for answer in operation["responses"].values():
            assert answer["description"], where


def test_no_two_parts_of_the_description_share_a_name() -> None:
    """Of two of one name the description would keep one, and be wrong of the other."""
    ours = {each for each in _all_of(serializers.Serializer) if each.__module__.split(".")[0] not in LIBRARIES}
    names = Counter(each.__name__ for each in ours)
    assert [name for name, many in names.items() if many > 1] == []


LIBRARIES = {"rest_framework", "drf_spectacular", "drf_standardized_errors", "knox"}


def _all_of(parent: type[Any]) -> set[type[Any]]:
    below: set[type[Any]] = set(parent.__subclasses__())
    return below.union(*map(_all_of, below))


def test_every_field_of_a_request_has_a_type() -> None:
    for name, component in described()["components"]["schemas"].items():
        for field, kind in component.get("properties", {}).items():
            assert {"type", "$ref", "oneOf", "allOf", "enum", "nullable"} & set(kind), (name, field)


def test_the_description_is_public_as_json_and_as_yaml(world: World) -> None:
    asking = Caller()
    assert asking.get("schema/").json() == described()
    assert yaml.safe_load(asking.get("schema/", format="yaml").content) == described()


def test_the_page_shows_every_operation_and_runs_no_script(world: World) -> None:
    answer = Caller().get("docs/")
    page = answer.content.decode()
    for _, _, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script>" not in page
    assert " style=" not in page


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests to the bare application stay on the test's own connection, inside its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def state_for(path: str) -> ProjectState:
    """A state in which the step of this address is possible; for reading, one with photos and a report."""
    possible = POSSIBLE.get(path.split("/")[-2].replace("-", "_"), frozenset({ProjectState.DELIVERED}))
    return min(possible, key=list(ProjectState).index)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("where", NAMED)
def test_the_api_keeps_to_its_description(world: World, where: str, settings: Any) -> None:
    """Generated requests, proper and improper, by somebody with tickets in several states: never a 5xx, all as described."""
    method, path = where.split(" ")
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": dict.fromkeys(rates, "")}
    prepared = draft(world, rule(world)) if "/rules/" in path else None
    written = note(world) if "/notes/" in path else None
    built = projects.project(world, state_for(path)) if "{project}" in path else None
    planned = projects.plan(world) if "{month}" in path else None
    user = world.user(Role.STREET_CLERK if prepared or written else ROLES.get(path.split("/")[-2], Role.PROPERTY_MANAGER))
    states = STATES if "{number}" in path else STATES[:1]
    rows = [ticket(world, state).number for state in states]
    operation = SCHEMA[path][method.upper()]
    asked = operation.as_strategy(GenerationMode.POSITIVE)
    if operation.body or operation.query:
        asked |= operation.as_strategy(GenerationMode.NEGATIVE)

    @effort(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=asked, number=strategies.sampled_from(["", *rows]))
    def keep(case: schemathesis.Case, number: str) -> None:
        if number and "number" in case.path_parameters:
            case.path_parameters["number"] = number
            if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
                with scope.place(world.area()):
                    case.body["version"] = Ticket.objects.get(number=number).version
        if prepared and number and "ruleset_id" in case.path_parameters:
            case.path_parameters["ruleset_id"] = prepared.pk
            if isinstance(case.body, dict) and isinstance(case.body.get("revision"), int):
                case.body["revision"] = RuleSet.objects.get(pk=prepared.pk).revision
        if written and number and "note_id" in case.path_parameters:
            case.path_parameters["note_id"] = written.pk
            if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
                case.body["version"] = KnowledgeNote.objects.get(pk=written.pk).version
        if built and number:
            case.path_parameters["project"] = built.number
            if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
                with scope.place(world.area()):
                    case.body["version"] = Project.objects.get(pk=built.pk).version
        if planned and number:
            case.path_parameters |= {"code": world.area(), "month": f"{planned.month:%Y-%m}"}
            if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
                with scope.place(world.area()):
                    case.body["version"] = MonthPlan.objects.get(pk=planned.pk).version
        token, _ = tokens.issue(user)
        response = case.call(headers={"Authorization": f"Token {token}", "Accept-Encoding": "identity"})  # it cannot unpack
        case.validate_response(response, checks=CHECKS)

    keep()
