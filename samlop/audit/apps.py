from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "samlop.audit"
    label = "audit"
