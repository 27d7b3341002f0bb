from django.urls import path

from samlop.web.messages import views

app_name = "messages"

urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/vedlegg/<int:number>/", views.file, name="file"),
    path("<int:pk>/send-igjen/", views.send_again, name="send_again"),
]
