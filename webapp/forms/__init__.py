"""Forms of the bundles on a page: what to draw, and what the browser sent back."""
