"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlop.config.settings")
application = get_wsgi_application()

# Apps are loaded by the line above, and not before.
from django.urls import get_resolver  # noqa: E402

from samlop.web import production  # noqa: E402

production.refuse()

# Every page is loaded now, and is then left out when memory is searched for what nobody needs any
# more: looking through all of it would take a tenth of a second in every twentieth request.
get_resolver()._populate()  # noqa: SLF001
gc.collect()
gc.freeze()
