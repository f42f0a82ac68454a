"""Programs in other languages than Python, from the check of their text to the results of their inputs.

A compiler is fed hostile text too, so it runs inside as well. What it makes comes out as bytes and goes into the
sandbox of the run; nothing is written on this machine.
"""
