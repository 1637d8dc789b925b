"""`python -m studio.cli` is `xiaozao`."""

from studio.cli import main

main()
