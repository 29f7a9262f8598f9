"""Everything that would still be true without a browser: processes, cases, mail, audit."""
