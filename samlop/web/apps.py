from django.apps import AppConfig

from samlop.web import catalogues


class WebConfig(AppConfig):
    name = "samlop.web"
    label = "web"

    def ready(self) -> None:
        """A fresh checkout has no compiled catalogues, and any command may come first."""
        catalogues.compile_stale()
