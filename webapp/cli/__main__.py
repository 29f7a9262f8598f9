"""``python -m webapp.cli`` is the command ``lotse``; the parts of ``lotse run`` are started this way."""

import sys

from webapp.cli import main

sys.exit(main())
