"""What every page stands in: home, navigation, search, errors, the component gallery."""
