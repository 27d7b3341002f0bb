"""Measurements of the main pages; `make bench` runs them and writes docs/benchmarks.md."""
