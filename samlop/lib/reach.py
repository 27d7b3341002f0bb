"""Which municipalities somebody reaches, as the layers below accounts know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """Primary keys of the municipalities whose inner matters may be seen; or all of them."""

    everywhere: bool = False
    municipalities: frozenset[int] = frozenset()

    def holds(self, municipality_id: int) -> bool:
        return self.everywhere or municipality_id in self.municipalities


NOWHERE = Reach()
