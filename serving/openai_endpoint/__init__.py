"""Any server with the OpenAI wire (`/v1/chat/completions`: vLLM, llama.cpp's servers, hosted ones) as a `ChatModel`.

`address` checks where the key may go; `connection` talks HTTP through the `openai` package, bounded; `failures` turns
what went wrong into our errors; `abilities` finds out what the server understands; `wire` writes requests and checks
replies; `reading` makes a completion out of chunks; `counting` knows a prompt's length; `structured` holds the server
to a constraint; `generation` and `endpoint` are the two Protocols.
"""
