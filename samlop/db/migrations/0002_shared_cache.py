"""The cache that all processes share; its rows may be lost, so they are not logged."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("db", "0001_extensions_and_text_keys")]

    operations = [
        migrations.RunSQL(
            """
            create unlogged table samlop_cache (
                cache_key varchar(255) primary key,
                value text not null,
                expires timestamptz not null
            );
            create index samlop_cache_expires on samlop_cache (expires);
            """,
            "drop table samlop_cache",
        )
    ]
