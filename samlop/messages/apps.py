from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "samlop.messages"
    # Django's own flash messages are called «messages» already.
    label = "mail"
