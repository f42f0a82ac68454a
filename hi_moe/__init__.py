"""The front door: `solve`, `asolve`, `stream`, settings, wiring and the `hi-moe` command."""
