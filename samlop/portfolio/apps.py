from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "samlop.portfolio"
    label = "portfolio"
