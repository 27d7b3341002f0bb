"""Questions across models, answered with frozen dataclasses."""
