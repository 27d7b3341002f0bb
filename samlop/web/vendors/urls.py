from django.urls import path

from samlop.web.vendors import views

app_name = "vendors"

urlpatterns = [
    path("", views.vendor_list, name="list"),
    path("ny/", views.create, name="create"),
    path("<slug:slug>/", views.show, name="show"),
    path("<slug:slug>/rediger/", views.edit, name="edit"),
    path("<slug:slug>/produkter/nytt/", views.add_product, name="add_product"),
    path("<slug:slug>/produkter/<slug:product>/", views.edit_product, name="edit_product"),
]
