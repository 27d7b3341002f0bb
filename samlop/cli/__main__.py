"""`python -m samlop.cli` is `samlop`."""

from samlop.cli import main

main()
