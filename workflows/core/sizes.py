"""Sizes of files in words that people know from their own machine."""


def size_text(number: int) -> str:
    """Bytes as ``10 MB`` or ``250 kB``; rounded down, so that what is within it is within the bound."""
    return f"{number // 1_000_000} MB" if number >= 1_000_000 else f"{number // 1_000} kB"
