"""`python -m conformance`; in a folder that has a `conformance` of its own, use the command `logout-conformance`."""

from conformance.cli.main import main

main()
