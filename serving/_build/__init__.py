"""How the llama.cpp wheel is made: `recipe` what to compile, `compile` doing it, `check` trying the result."""
