"""`python -m flow` is `bedflow`."""

from flow.cli import main

main()
