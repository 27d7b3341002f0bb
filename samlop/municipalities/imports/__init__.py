"""Files from outside: parse, compare with what exists, apply whole or not at all."""
