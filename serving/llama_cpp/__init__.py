"""llama.cpp in this process, over the low-level calls of llama-cpp-python.

What is notable here: the N samples of one prompt share its prefill and decode as one batch, and the samples of
concurrent requests share that batch too. `engine` is the front (asyncio), `worker` the one thread that touches the
llama.cpp context, `scheduler` decides who runs next (plain values, no llama.cpp), `context` and `weights` wrap the
library, `template` turns messages into tokens that a hostile text cannot escape from, `sampler`, `constraint`,
`stopping` and `sample` make a text out of logits.
"""
