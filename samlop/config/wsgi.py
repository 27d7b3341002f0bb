"""The WSGI application that granian serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlop.config.settings")
# Nothing that is loaded is let go of before all of it is: memory need not be searched meanwhile.
gc.disable()
application = get_wsgi_application()

# Apps are loaded by the line above, and not before.
from samlop.web import production  # noqa: E402

production.refuse()

# What is loaded now is kept for good, and is left out when memory is searched for what nobody needs
# any more: looking through all of it takes a tenth of a second, in every twentieth request.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
gc.enable()
