from django.urls import path

from samlop.web.cards import views

app_name = "cards"

urlpatterns = [
    path("losninger/<slug:slug>/innforingstype/", views.show, name="show"),
    path("losninger/<slug:slug>/innforingstype/svar/", views.answer, name="answer"),
    path("losninger/<slug:slug>/innforingstype/valg/", views.choose, name="choose"),
    path("losninger/<slug:slug>/innforingstype/star-utenfor/", views.left_out, name="left_out"),
]
