"""An association looks at its own entry, by a link to a registered contact; and the public directory."""
