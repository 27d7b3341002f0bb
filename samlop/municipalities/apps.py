from django.apps import AppConfig


class MunicipalitiesConfig(AppConfig):
    name = "samlop.municipalities"
    label = "municipalities"
