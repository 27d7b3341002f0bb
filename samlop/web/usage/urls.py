from django.urls import path

from samlop.web.usage import loading, views

app_name = "usage"

urlpatterns = [
    path("utbredelse/tall/", views.import_list, name="list"),
    path("utbredelse/tall/last-opp/<slug:slug>/", loading.upload, name="upload"),
    path("utbredelse/tall/last-opp/<slug:slug>/kolonner/", loading.columns, name="columns"),
    path("utbredelse/tall/<int:pk>/", views.show, name="show"),
    path("utbredelse/tall/<int:pk>/ta-inn/", views.take_in, name="take_in"),
    path("utbredelse/tall/<int:pk>/forkast/", views.drop, name="drop"),
    path("utbredelse/tall/<int:pk>/angre/", views.undo, name="undo"),
]
