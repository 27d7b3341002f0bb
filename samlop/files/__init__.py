"""Checked uploads: every attachment is a File, and nothing else comes in."""
