"""Every change to the reference data, one function each."""
