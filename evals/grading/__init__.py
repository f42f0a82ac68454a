"""Hidden checks: programs in the sandbox, answers by equivalence."""
