from django.urls import path

from samlop.web.material import copies, editing, views

app_name = "material"

COPY = "kommuner/<slug:number>/maler/<int:pk>/"

urlpatterns = [
    path("materiell/", views.material_list, name="list"),
    path("materiell/ny/", editing.add, name="add"),
    path("materiell/ny/mal/", editing.add_template, name="add_template"),
    path("materiell/fil/<uuid:key>/<str:name>", views.serve, name="serve"),
    path("materiell/<slug:slug>/", views.show, name="show"),
    path("materiell/<slug:slug>/last-ned/<slug:form>/", views.download, name="download"),
    path("materiell/<slug:slug>/rediger/", editing.edit, name="edit"),
    path("materiell/<slug:slug>/ny-versjon/", editing.publish, name="publish"),
    path("materiell/<slug:slug>/gjennomgatt/", editing.reviewed, name="reviewed"),
    path("materiell/<slug:slug>/trekk/", editing.withdraw, name="withdraw"),
    path("materiell/<slug:slug>/legg-frem/", editing.restore, name="restore"),
    path("losninger/<slug:slug>/materiell/", views.solution, name="solution"),
    path("kommuner/<slug:number>/maler/", copies.templates, name="copies"),
    path("kommuner/<slug:number>/maler/ny/<slug:slug>/", copies.make, name="make"),
    path(COPY, copies.show, name="copy"),
    path(f"{COPY}rader/ny/", copies.add_row, name="add_row"),
    path(f"{COPY}rader/<slug:key>/fjern/", copies.remove_row, name="remove_row"),
    path(f"{COPY}endringer/", copies.changes, name="changes"),
    path(f"{COPY}last-ned/<slug:form>/", copies.download, name="download_copy"),
    path(f"{COPY}slett/", copies.remove, name="remove_copy"),
]
