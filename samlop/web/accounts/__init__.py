"""Signing in, and the example's page for signing in as somebody."""
