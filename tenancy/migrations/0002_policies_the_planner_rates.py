from django.db import migrations

from tenancy.fences import ALTER_POLICIES


class Migration(migrations.Migration):
    """Policies that stand get today's words; those that are still to be made get them anyway."""

    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(ALTER_POLICIES, migrations.RunSQL.noop)]
