"""How numbers are told in sentences."""


def plural(number: int, noun: str) -> str:
    """`1 item`, `1,204 items`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
