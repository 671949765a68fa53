"""Scanners: what others' programs find in the code, the packages and a running hospital, as one table with one verdict each.

`make security` runs all of them (`__main__.py`), `make check` those that read code alone (`code.py`). The rules of our own stand in
`rules/`, with an example of good and bad for each in `examples/`. README.md says what was found and how to read it.
"""
