from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "samlop.db"
    label = "db"
