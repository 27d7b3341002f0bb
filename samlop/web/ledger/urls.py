from django.urls import path

from samlop.web.ledger import remarking, views

app_name = "ledger"

urlpatterns = [
    path("utbredelse/vesentlig-andel/", views.ledger, name="list"),
    path("utbredelse/vesentlig-andel/ny/", views.freeze, name="freeze"),
    path("utbredelse/vesentlig-andel/<int:pk>/", views.show, name="show"),
    path("utbredelse/vesentlig-andel/<int:pk>/fil/", views.file, name="file"),
    path("kommuner/<slug:number>/merknader/", remarking.remarks, name="remarks"),
    path("kommuner/<slug:number>/merknader/<int:pk>/", remarking.write, name="remark"),
    path("kommuner/<slug:number>/merknader/<int:pk>/trekk/", remarking.withdraw, name="withdraw"),
]
