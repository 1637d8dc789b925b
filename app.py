"""Starts the studio in the browser: `python app.py --port 7860`. The same as `xiaozao serve`."""

import sys

from studio.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "serve")
    main()
