"""Many training runs that differ in one or two settings, compared."""
