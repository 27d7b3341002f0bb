from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "samlop.web"
    label = "web"
