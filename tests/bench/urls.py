"""The product's addresses and the floor's."""

from django.urls import path

from samlop.config.urls import handler400, handler403, handler404, handler500
from samlop.config.urls import urlpatterns as product
from tests.bench import floor

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("floor/", floor.municipalities),
    path("floor/<slug:slug>/", floor.rollout),
    *product,
]
