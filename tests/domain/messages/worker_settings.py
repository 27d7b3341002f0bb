"""The product's settings with the tests' kinds of message, for a worker process."""

from samlop.config.settings import *  # noqa: F403

SAMLOP_MAIL_KINDS = ["samlop.messages.services.mails", "tests.domain.messages.kinds"]
