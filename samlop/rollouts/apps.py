from django.apps import AppConfig


class RolloutsConfig(AppConfig):
    name = "samlop.rollouts"
    label = "rollouts"
