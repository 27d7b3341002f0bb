"""Joint rollouts. Everybody adds the pages of her own topic under its own comment."""

from django.urls import path

from samlop.web.rollouts import views

app_name = "rollouts"

urlpatterns = [
    path("innforingslop/", views.rollout_list, name="list"),
    path("innforingslop/<slug:slug>/", views.show, name="show"),
]
