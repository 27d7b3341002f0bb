from django.apps import AppConfig


class UptakeConfig(AppConfig):
    name = "samlop.uptake"
    label = "uptake"
