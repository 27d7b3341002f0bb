from django.urls import path

from samlop.web.governance import views

app_name = "governance"

urlpatterns = [
    path("", views.case_list, name="list"),
    path("ny/", views.open_case, name="open"),
    path("organer/", views.body_list, name="bodies"),
    path("organer/nytt/", views.create_body, name="create_body"),
    path("organer/medlemmer/<int:pk>/avslutt/", views.end_seat, name="end_seat"),
    path("organer/<slug:slug>/", views.body, name="body"),
    path("organer/<slug:slug>/rediger/", views.edit_body, name="edit_body"),
    path("organer/<slug:slug>/medlemmer/nytt/", views.seat, name="seat"),
    path("<slug:slug>/<int:year>/<int:number>/", views.case, name="case"),
    path("<slug:slug>/<int:year>/<int:number>/rediger/", views.edit_case, name="edit"),
    path("<slug:slug>/<int:year>/<int:number>/avgjor/", views.decide, name="decide"),
    path("<slug:slug>/<int:year>/<int:number>/trekk/", views.withdraw, name="withdraw"),
]
