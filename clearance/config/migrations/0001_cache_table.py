from django.db import migrations

CREATE = """
CREATE TABLE IF NOT EXISTS cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):
    """The table of the database cache: sign-in limits live there, so that every web process sees the same count."""

    dependencies = []
    operations = [migrations.RunSQL(CREATE, "DROP TABLE cache")]
