"""Django helpers without domain: periods, as-of querysets, Norwegian sort and search keys."""
