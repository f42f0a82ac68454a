"""Who answers the problems of a set: the hierarchy, one call, best-of-n, one specialist, an endpoint."""
