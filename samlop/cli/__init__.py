"""The command `samlop`."""
