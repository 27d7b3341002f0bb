"""A sentence that lib writes and whoever shows it translates, because lib may not know Django."""

from typing import Self


class Marked(str):
    """The sentence in bokmål, filled in; `source` and `words` are what a translation is made of.

    The first argument is gathered for the catalogues.
    """

    __slots__ = ("source", "words")

    source: str
    words: dict[str, str | int]

    def __new__(cls, source: str, **words: str | int) -> Self:
        sentence = super().__new__(cls, source % words)
        sentence.source, sentence.words = source, words
        return sentence
