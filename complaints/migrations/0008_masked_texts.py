"""Texts filed before there was masking are looked through once, and so are the wordings that neighbours read."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from complaints.personal import masked

AT_ONCE = 2000


def look_through(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ticket = apps.get_model("complaints", "Ticket")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mulin.scope', '{(,)}', true)")
        while rows := list(ticket.objects.filter(text_masked=None).only("pk", "text", "public_text")[:AT_ONCE]):
            for row in rows:
                text = masked(row.text)
                row.text_masked, row.public_text = text if text != row.text else "", masked(row.public_text)
            ticket.objects.bulk_update(rows, ["text_masked", "public_text"])
        cursor.execute("SELECT set_config('mulin.scope', '', true)")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0007_learned_models")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="text_masked",
            field=models.TextField(
                blank=True,
                null=True,
                help_text="The text with personal data masked; empty when there is none, null when nobody has looked for any.",
            ),
        ),
        migrations.RunPython(look_through, migrations.RunPython.noop),
    ]
