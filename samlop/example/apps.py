from django.apps import AppConfig


class ExampleConfig(AppConfig):
    name = "samlop.example"
    label = "example"
