"""Which key a secret is, and the keys of a solution."""

import hashlib
from collections.abc import Sequence

from samlop.uptake.models import UsageToken


def checksum(secret: str) -> str:
    """What is stored of a secret; it is random and long, so that a plain checksum is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def of_solution(solution: int) -> Sequence[UsageToken]:
    """Newest first, also those that are revoked. One query."""
    rows = UsageToken.objects.filter(source__solution=solution)
    return list(rows.select_related("source").order_by("-issued_at", "-pk"))
