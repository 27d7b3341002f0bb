from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "samlop.files"
    label = "files"
