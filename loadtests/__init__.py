"""Load tests; see README.md."""
