"""What middleware adds to a request, for the type checker."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from samlop.accounts.models import Person
from samlop.web.middleware import Access


class PublicRequest(HttpRequest):
    """A request to a page that also visitors may see."""

    user: Person | AnonymousUser
    htmx: HtmxDetails
    access: Access


class Request(HttpRequest):
    """A request to a page behind @login_required."""

    user: Person
    htmx: HtmxDetails
    access: Access
