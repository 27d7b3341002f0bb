from django.apps import AppConfig
from django.core import checks

from samlop.web import catalogues


class WebConfig(AppConfig):
    name = "samlop.web"
    label = "web"

    def ready(self) -> None:
        # A fresh checkout has no compiled catalogues, and any command may come first.
        catalogues.compile_stale()
        # Its model can be imported only now, when every app is loaded.
        from samlop.web.production import fit_for_production  # noqa: PLC0415

        checks.register(fit_for_production, checks.Tags.security, deploy=True)
