"""Evidence that stands: bundles that are sealed, signed and chained, and their verification without a network."""
