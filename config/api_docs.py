"""The API's description, as OpenAPI and as a page. The page is our own: Swagger UI and Redoc need inline scripts and styles."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

Schema = dict[str, Any]


@cache
def described() -> Schema:
    """The OpenAPI 3 description; worked out once per process. Its own language is English."""
    with translation.override("en"):
        made: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return json.loads(json.dumps(made, default=str))  # type: ignore[no-any-return]


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3 as JSON (which is YAML too), or written as YAML with `?format=yaml`."""
    wants_yaml = request.GET.get("format") == "yaml" or "yaml" in request.headers.get("Accept", "")
    if wants_yaml:
        body = OpenApiYamlRenderer().render(described())  # type: ignore[no-untyped-call]
        kind = "application/vnd.oai.openapi; charset=utf-8"
    else:
        body, kind = json.dumps(described(), ensure_ascii=False).encode(), "application/json"
    return HttpResponse(body, content_type=kind)


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: str
    fields: list[Field]


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: list[str]
    public: bool
    parameters: list[Field]
    body: list[Field]
    bodies: list[str]
    answers: list[Answer]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page that needs no script."""
    return render(request, "api/docs.html", {"groups": _groups()})


@cache
def _groups() -> list[tuple[str, list[Operation]]]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    return list(groups.items())


def _operation(path: str, method: str, operation: Schema) -> Operation:
    content: Schema = operation.get("requestBody", {}).get("content", {})
    body: Schema = list(content.values())[-1]["schema"] if content else {}  # the last one has the photos too
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        paragraphs=[_plain(part) for part in operation["description"].split("\n\n")],
        public={} in operation.get("security", [{}]) or not operation.get("security"),
        parameters=[
            Field(entry["name"], _kind(entry["schema"]), entry.get("required", False), _plain(entry.get("description", "")))
            for entry in operation.get("parameters", [])
        ],
        body=_fields(body),
        bodies=list(content),
        answers=[_answer(status, answer) for status, answer in sorted(operation["responses"].items())],
    )


def _plain(text: str) -> str:
    """Running text: one line, without the marks of Markdown."""
    return " ".join(strip_tags(text).replace("`", "").split())


def _answer(status: str, answer: Schema) -> Answer:
    content = [entry["schema"] for entry in answer.get("content", {}).values()]
    meaning = _plain(answer["description"])
    return Answer(status, meaning, _fields(content[0]) if status < "300" and content else [])


def _resolved(found: Schema) -> Schema:
    """Follow a reference into the components."""
    if "allOf" in found and len(found["allOf"]) == 1:
        return {**_resolved(found["allOf"][0]), **{name: value for name, value in found.items() if name != "allOf"}}
    if "$ref" in found:
        component: Schema = described()["components"]["schemas"][found["$ref"].rsplit("/", 1)[-1]]
        return component
    return found


def _fields(found: Schema) -> list[Field]:
    found = _resolved(found)
    required = set(found.get("required", []))
    return [
        Field(name, _kind(entry), name in required, _plain(entry.get("description", "")))
        for name, entry in found.get("properties", {}).items()
    ]


def _kind(found: Schema) -> str:
    """The type in a few words: `string`, `[Event]`, `integer 1–5`."""
    if "oneOf" in found:
        kinds = [_kind(one) for one in found["oneOf"] if one.get("enum") != [None]]
        return " / ".join(dict.fromkeys(kind for kind in kinds if kind != "NullEnum"))
    if "enum" in (whole := _resolved(found)):
        return " | ".join(str(value) for value in whole["enum"])
    if whole.get("type") == "array":
        return f"[{_kind(whole['items'])}]"
    if whole.get("type") == "object" and "properties" in whole:
        return "{" + ", ".join(whole["properties"]) + "}"
    span = [str(whole[name]) for name in ("minimum", "maximum") if name in whole]
    return " ".join([str(whole.get("format") or whole.get("type", "")), *(["–".join(span)] if len(span) == 2 else [])])
