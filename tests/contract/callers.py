"""Somebody with a token."""

from typing import Any

from django.test import Client

from people.actions import tokens
from people.actors import Actor
from people.roles import Role
from tests.factories.world import World


class Caller:
    """Calls the API as a program would: JSON in, JSON out, a token in the header."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Token {token}"} if token else {})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=named)

    def put(self, path: str, body: Any) -> Any:
        return self.client.put(f"/api/v1/{path}", body, content_type="application/json")

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.post(f"/api/v1/{path}", body, content_type=content_type)

    def form(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.post(f"/api/v1/{path}", body)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


def caller(world: World, role: Role, place: str = "own") -> Caller:
    return caller_of(world.actor(role, place))


def caller_of(actor: Actor) -> Caller:
    token, _ = tokens.issue(actor.user)
    return Caller(token)


def fault(answer: Any) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal."""
    first = answer.json()["errors"][0]
    return answer.status_code, first["code"], first["attr"]
