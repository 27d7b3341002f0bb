"""Pages of cases, decisions and the bodies that make them."""
