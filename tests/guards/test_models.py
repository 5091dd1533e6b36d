"""Every table is declared scoped or reference, and the database holds what the declaration promises."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from audit.models import Entry, Seal
from tenancy.actions import tables_with_a_place
from tenancy.checks import broken_walls, scoped_models
from tenancy.scoped import ReferenceModel, ScopedManager, ScopedModel

FLOORS = [
    "tenancy",
    "audit",
    "people",
    "files",
    "notices",
    "communities",
    "complaints",
    "projects",
    "enforcement",
    "committees",
    "dashboards",
    "config",
]
OURS = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
LIBRARIES = {
    "auth": "Django's groups and permissions: only guardian's permission names are used",
    "contenttypes": "Django's own",
    "sessions": "whose browser is signed in; keyed by a random name",
    "axes": "failed sign-ins, by account and address",
    "account": "allauth: e-mail addresses, not used",
    "mfa": "allauth: second factors, one person's own",
    "usersessions": "allauth: one person's own sessions",
    "knox": "API tokens, stored hashed, one person's own",
    "guardian": "generic grants: not used, see people.AreaGrant",
    "django": "migrations",
}
NEITHER = {
    "audit.Seal": "the hash chain runs over all places; it holds digests only",
    "people.AreaGrant": "guardian's base class; listed as a reference table in docs/tenancy.md",
}


def test_every_model_is_scoped_or_reference() -> None:
    undecided = {m._meta.label for m in OURS if not issubclass(m, ScopedModel | ReferenceModel)} - set(NEITHER)
    assert undecided == set()


def test_no_exception_is_stale() -> None:
    labels = {model._meta.label for model in OURS}
    assert set(NEITHER) <= labels
    assert {app.label for app in apps.get_app_configs() if list(app.get_models())} <= set(FLOORS) | set(LIBRARIES)


def test_scoped_models_have_the_scoped_manager_and_nothing_else() -> None:
    for model in scoped_models():
        assert isinstance(model._default_manager, ScopedManager), model
        assert [type(manager) for manager in model._meta.managers] == [ScopedManager], model


def test_the_walls_stand(db: None) -> None:
    assert broken_walls() == []


def test_every_policy_says_the_same(db: None) -> None:
    """Also to the planner, which rates what a policy lets through by how it is written (ADR 7)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT qual, with_check FROM pg_policies WHERE policyname = tablename || '_scope'")
        found = cursor.fetchall()
    assert len(found) == 1
    assert all(words.startswith("COALESCE(") and words.endswith("@> area), false)") for words in found[0])


def test_the_test_role_is_the_app_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("mulin_app",)


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_links_between_scoped_tables_stay_within_one_place(db: None, model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            [model._meta.db_table],
        )
        held = " ".join(definition for (definition,) in cursor.fetchall())
    for field in model._meta.local_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type) or not issubclass(target, ScopedModel):
            continue
        expected = rf"FOREIGN KEY \({field.column}, area\) REFERENCES {target._meta.db_table}\(\w+, area\) ON UPDATE CASCADE"
        assert re.search(expected, held), f"{model._meta.label}.{field.name}"
        assert not re.search(rf"FOREIGN KEY \({field.column}\)", held), f"{model._meta.label}.{field.name} also has a plain link"


def test_foreign_keys_point_down_the_house() -> None:
    upward = []
    for model in OURS:
        for field in model._meta.local_fields:
            target = field.related_model
            if isinstance(target, type) and target._meta.app_label in FLOORS:
                here, there = FLOORS.index(model._meta.app_label), FLOORS.index(target._meta.app_label)
                if there > here:
                    upward.append(f"{model._meta.label}.{field.name}")
    assert upward == []


@pytest.mark.parametrize("model", [Entry, Seal], ids=lambda model: model._meta.label)
def test_the_app_role_cannot_change_the_record(db: None, model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [model._meta.db_table, right])
            assert cursor.fetchone() == (False,), right


def test_the_app_role_cannot_empty_tables(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'TRUNCATE')"
        )
        assert cursor.fetchall() == []


def test_recoding_knows_every_table_with_a_place() -> None:
    with_area = {m._meta.db_table for m in OURS if any(f.column == "area" for f in m._meta.local_concrete_fields)}
    assert set(tables_with_a_place()) == with_area - {Entry._meta.db_table}


AT_UNDER_ANOTHER_NAME = {"people.User.date_joined": "opened_at"}  # the name that Django's own code expects


def test_at_and_by_come_in_pairs() -> None:
    """`x_by` never without `x_at`: who did it is worth nothing without when."""
    alone = []
    for model in OURS:
        names = {AT_UNDER_ANOTHER_NAME.get(f"{model._meta.label}.{field.name}", field.name) for field in model._meta.local_fields}
        alone += [f"{model._meta.label}.{name}" for name in names if name.endswith("_by") and f"{name[:-3]}_at" not in names]
    assert alone == []


def test_no_floats_where_law_counts() -> None:
    floats = [f"{m._meta.label}.{f.name}" for m in OURS for f in m._meta.local_fields if isinstance(f, models.FloatField)]
    assert floats == []
