"""`python3 -m purenn`: hand over to the command line."""

import sys

from .app.main import main

if __name__ == "__main__":
    sys.exit(main())
