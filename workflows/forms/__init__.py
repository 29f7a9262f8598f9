"""Forms as the bundles carry them: schema, options, conditions and the one place where input is checked."""
