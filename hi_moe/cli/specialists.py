"""`hi-moe specialists list`: who can be asked."""
