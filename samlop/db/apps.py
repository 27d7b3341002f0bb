from django.apps import AppConfig

from samlop.db import registry


class DbConfig(AppConfig):
    name = "samlop.db"
    label = "db"

    def import_models(self) -> None:
        # Before any app that stands below it loads its models, which bring their triggers.
        registry.quicken()
        super().import_models()
