"""Discord's refusals, by the codes that its documentation gives them."""


class Refusal(Exception):
    """Answers a request with a status other than success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def body(self) -> dict[str, object]:
        return {"message": self.message, "code": self.code}


_BY_CODE = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
}


def refusal(code: int, detail: str = "") -> Refusal:
    """The refusal that Discord answers with this code; `detail` is added to its words."""
    status, message = _BY_CODE[code]
    return Refusal(status, code, f"{message}: {detail}" if detail else message)


def unauthorized() -> Refusal:
    return Refusal(401, 0, "401: Unauthorized")
