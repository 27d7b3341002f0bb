from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "samlop.accounts"
    label = "accounts"
