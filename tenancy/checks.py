"""Boot checks: a production installation does not start with its walls down.

Registered as Django database checks; `config.boot` runs them before the web server and the workers serve anything.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from tenancy.scoped import ReferenceModel, ScopedModel

ROLE = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
FENCES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, pg_get_userbyid(c.relowner) = current_user,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive
           AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%mulin.scope%%@> area%%'
           AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%%mulin.scope%%@> area%%')
  FROM pg_class c WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
"""


def scoped_models() -> list[type[ScopedModel]]:
    return [model for model in apps.get_models() if issubclass(model, ScopedModel)]


def reference_models() -> list[type[ReferenceModel]]:
    return [model for model in apps.get_models() if issubclass(model, ReferenceModel)]


def broken_walls(alias: str = "default", *, as_app: bool = True) -> list[str]:
    """What is wrong with roles and policies, in words; empty when all is well."""
    problems = []
    tables = {model._meta.db_table for model in scoped_models()}
    with connections[alias].cursor() as cursor:
        cursor.execute(ROLE)
        superuser, bypasses = cursor.fetchone()
        if superuser:
            problems.append("the database role is a superuser, which row-level security does not bind")
        if bypasses:
            problems.append("the database role has BYPASSRLS, which row-level security does not bind")
        cursor.execute(FENCES, [sorted(tables)])
        found = cursor.fetchall()
    for table, forced, own, policies, right in found:
        if not forced:
            problems.append(f"{table}: row-level security is not enabled and forced")
        if policies != 1 or right != 1:
            problems.append(f"{table}: needs exactly one policy, for reading and writing, on the scope")
        if own and as_app:
            problems.append(f"{table}: belongs to the role that serves requests")
    problems += [f"{table}: the table is missing; run migrate" for table in sorted(tables - {row[0] for row in found})]
    return problems


@register(Tags.database)
def walls_stand(app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Run by `manage.py check --database default`. The owner role, which builds the walls, is not judged by them."""
    if settings.OWNER_ROLE:
        return []
    return [Error(problem, id="mulin.E001") for alias in databases or [] for problem in broken_walls(alias)]
