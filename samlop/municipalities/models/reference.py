"""Which version of our own data files the database holds."""

import pghistory
from django.db import models


@pghistory.track()
class ReferenceLoad(models.Model):
    """One load of the reference data; the newest tells whether the files are new to us."""

    checksum = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"{self.checksum[:12]} {self.loaded_at}"
