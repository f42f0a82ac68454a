"""Who can do the work: cards, their registry, and the routers that choose among them."""
