"""Every change to messages, one function each."""

from samlop.messages.services.choosing import choose
from samlop.messages.services.delivery import deliver, recover, send_again, send_due
from samlop.messages.services.digests import make_digests
from samlop.messages.services.invitations import invite, invite_again, role_ended
from samlop.messages.services.queueing import CannotSend, To, queue, queue_all

__all__ = [
    "CannotSend",
    "To",
    "choose",
    "deliver",
    "invite",
    "invite_again",
    "make_digests",
    "queue",
    "queue_all",
    "recover",
    "role_ended",
    "send_again",
    "send_due",
]
