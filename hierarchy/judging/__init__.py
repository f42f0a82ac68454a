"""Parts of the judge: taking assertions apart, and turning executions into verdicts."""
