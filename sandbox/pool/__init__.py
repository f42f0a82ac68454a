"""The pool tier: warm interpreters, one fork with fresh namespaces per run. `zygote` and `linux` run inside."""
