"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlop.config.settings")
application = get_wsgi_application()

# Apps are loaded by the line above, and not before.
from samlop.web import production  # noqa: E402

production.refuse()
