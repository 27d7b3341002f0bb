from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "samlop.db"
    label = "db"

    def ready(self) -> None:
        from samlop.db import quick_migrations  # noqa: PLC0415 - it asks for models

        quick_migrations.install()
