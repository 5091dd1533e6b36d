"""Writing the record. Every other app's actions call `record` inside their own transaction."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from audit.models import Entry
from tenancy import scope

INSTALLATION = 0


class Acting(Protocol):
    """Whoever acts: a person, the system, or a visitor without an account."""

    @property
    def id(self) -> int: ...

    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Origin:
    """Where a piece of work came from: the request's id and the client's address."""

    request_id: str = ""
    address: str | None = None


origin: ContextVar[Origin] = ContextVar("mulin_origin", default=Origin())  # noqa: B039  frozen


def record(
    subject: models.Model | str,
    action: str,
    *,
    by: Acting,
    area: int,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry. Call it in the transaction of the change, so that neither stands without the other."""
    subject_type, subject_id = ("", subject) if isinstance(subject, str) else (subject._meta.label_lower, str(subject.pk))
    came_from = origin.get()
    entry = Entry(
        area=area,
        actor_id=by.id,
        actor_label=by.label[:120],
        action=action,
        subject_type=subject_type,
        subject_id=subject_id[:60],
        before=before or {},
        after=after or {},
        request_id=came_from.request_id,
        address=came_from.address,
    )
    in_force = scope.current()
    if in_force is not None and in_force.covers(area):
        entry.save(force_insert=True)
        return
    with scope.limited_to(scope.Scope(((area, area + 1),))):
        entry.save(force_insert=True)
