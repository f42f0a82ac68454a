"""How untrusted code runs: limits, namespaces, seccomp, typed results. Knows nothing of models or problems."""
