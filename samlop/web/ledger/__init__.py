"""The threshold ledger: frozen measurements, and what municipalities remark to them."""
