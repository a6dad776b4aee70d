"""A function that cannot be loaded."""

raise ValueError("no luck")
