from django.urls import path

from samlop.web.shell import gallery, health, views

app_name = "shell"

urlpatterns = [
    path("", views.home, name="home"),
    path("sok/", views.search, name="search"),
    path("sok/forslag/", views.suggestions, name="suggestions"),
    path("visning/", views.preferences, name="preferences"),
    path("tilgjengelighet/", views.accessibility, name="accessibility"),
    path("utvikler/komponenter/", gallery.show, name="gallery"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
]
