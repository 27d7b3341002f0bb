"""The municipality pages: the register, one municipality, and what it says about itself."""
