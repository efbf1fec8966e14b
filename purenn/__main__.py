"""`python3 -m purenn`: hand over to the command line. `python3 path/to/purenn` does the same."""

import os
import sys

if sys.version_info < (3, 8):
    sys.exit("purenn: error: expected Python 3.8 or later, this is " + sys.version.split()[0])

if not __package__:  # called by its path: then Python does not know that this folder is a package
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

try:
    from purenn.app.main import main
except KeyboardInterrupt:  # so early that `main` is not there yet to say it
    print("purenn: error: interrupted", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
