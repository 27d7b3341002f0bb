from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "samlop.governance"
    label = "governance"
