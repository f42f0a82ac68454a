"""What is wrong with a value of a problem file, in a few words."""

from pydantic import ValidationError


def reason(error: ValidationError | RecursionError) -> str:
    """The first thing that is wrong, with the place: `'args.0': unknown tag '$nope'`."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    first = error.errors(include_url=False, include_input=False)[0]
    # The first part of a place in a union is the kind or the mode that was tried.
    place = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "value_error":
        text = str(first["ctx"]["error"])
        return f"{place!r}: {text}" if place else text
    return f"{place or 'kind'!r}: {first['msg'].lower()}"
