from django.urls import path

from samlop.web.solutions import views

app_name = "solutions"

urlpatterns = [
    path("", views.solution_list, name="list"),
    path("<slug:slug>/", views.show, name="show"),
]
