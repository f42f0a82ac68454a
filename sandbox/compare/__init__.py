"""How what came out of the sandbox is judged, by whoever holds the expected values: never beside the program itself.

`values` compares what calls returned, `printed` what programs printed; `text` turns values into texts for messages and
keys. Both sides of a comparison are plain built-in values (`sandbox.values`), so that no method written by a candidate
is ever called.
"""
