"""Writing places, and moving them."""

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from tenancy import areas, clock, scope
from tenancy.models import Area, AreaAlias
from tenancy.refusals import Refusal


def sort_key(name: str) -> str:
    """Pinyin without tones, for sorting Chinese names: the embedded database sorts by bytes."""
    return " ".join(lazy_pinyin(name))[:200]


def add_area(*, code: int, name: str, invented: bool = False) -> Area:
    """Make or rename a place. Raises ValueError for what is no place code."""
    level = areas.level_of(code)
    area, _created = Area.objects.update_or_create(
        code=code, defaults={"name": name, "level": level, "pinyin": sort_key(name), "invented": invented}
    )
    return area


def tables_with_a_place() -> list[str]:
    """Every table with a column `area`, but the record, which is never changed."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(field.column == "area" for field in model._meta.local_concrete_fields) and model._meta.label != "audit.Entry"
    )


@transaction.atomic
def recode(old: int, new: int) -> int:
    """Give a place and everything under it another code (撤街并镇), in one transaction; returns the number of rows moved.

    Rows under it keep their ids; links follow (`ON UPDATE CASCADE`). The old code becomes an alias, so printed QR codes go on
    working. The record keeps the codes of its time. Raises Refusal when the codes are of different levels, when the old place
    is not there, or when the new range is not empty.
    """
    if areas.level_of(old) != areas.level_of(new):
        raise Refusal(_("Both codes must be of the same level."), field="new")
    low, high = areas.subtree(old)
    new_low, new_high = areas.subtree(new)
    if not Area.objects.filter(code=old).exists():
        raise Refusal(_("There is no place with the old code."), field="old")
    if Area.objects.filter(code__gte=new_low, code__lt=new_high).exists():
        raise Refusal(_("The new code is already in use."), field="new")
    shift = new - old
    with scope.everything(reason=f"recode {old} to {new}"), connection.cursor() as cursor:
        places = list(Area.objects.filter(code__gte=low, code__lt=high).order_by("code"))
        Area.objects.bulk_create(
            Area(
                code=place.code + shift,
                name=place.name,
                level=place.level,
                pinyin=place.pinyin,
                invented=place.invented,
            )
            for place in places
        )
        moved = len(places)
        for table in tables_with_a_place():
            cursor.execute(
                f'UPDATE "{table}" SET area = area + %s WHERE area >= %s AND area < %s',  # noqa: S608  names from the model registry
                [shift, low, high],
            )
            moved += cursor.rowcount
        for relation in Area._meta.related_objects:
            table, column = relation.related_model._meta.db_table, relation.field.column
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = "{column}" + %s WHERE "{column}" >= %s AND "{column}" < %s',  # noqa: S608
                [shift, low, high],
            )
        cursor.execute(
            "UPDATE tenancy_areaalias SET new_code = new_code + %s WHERE new_code >= %s AND new_code < %s",
            [shift, low, high],
        )
        at = clock.now()
        AreaAlias.objects.bulk_create(
            [AreaAlias(old_code=place.code, new_code=place.code + shift, recoded_at=at) for place in places],
            update_conflicts=True,
            unique_fields=["old_code"],
            update_fields=["new_code", "recoded_at"],
        )
        Area.objects.filter(code__gte=low, code__lt=high).delete()
    return moved
