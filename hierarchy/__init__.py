"""The ring: domain types, protocols, errors, the four tiers, the judge, the selector and the ledger."""
