"""How long a text is for Discord."""


def length(text: str) -> int:
    """The larger of code points and UTF-16 units: Discord's servers count the former, its apps the latter."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2  # never fewer than code points
