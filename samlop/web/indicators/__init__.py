"""What is measured: indicators with their definitions, their series, and systems' keys."""
