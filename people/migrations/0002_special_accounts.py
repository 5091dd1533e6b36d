"""The two accounts that stand for no person: the system, and whoever files without an account."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SPECIAL = {"system": "系统", "visitor": "未登录诉求人"}


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    user = apps.get_model("people", "User")
    for username, name in SPECIAL.items():
        user.objects.get_or_create(username=username, defaults={"kind": username, "name": name, "password": "!"})


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("people", "User").objects.filter(username__in=SPECIAL, kind__in=SPECIAL).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(make, remove)]
