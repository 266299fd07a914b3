"""Refusals that people see. "Wrong state" is not "no permission", and neither is "not found"."""

from __future__ import annotations


class Refused(Exception):
    """A write was refused; nothing changed. ``code`` is for programs.

    ``message`` is for people, in Chinese: what happened and what to do.
    """

    status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Forbidden(Refused):
    """The actor sees the thing but may not do this."""

    status = 403

    def __init__(
        self, message: str = "您没有办理此事的权限。如需办理，请联系本单位安全管理员授权。"
    ) -> None:
        super().__init__("forbidden", message)


class WrongState(Refused):
    """The thing is not in a state from which this can be done (somebody may have been faster)."""

    status = 409

    def __init__(self, message: str) -> None:
        super().__init__("wrong_state", message)


class Unknown(Refused):
    """It does not exist for this actor: absent, or outside the actor's scope (404 either way)."""

    status = 404

    def __init__(self, message: str = "没有找到，或不在您的管辖范围内。") -> None:
        super().__init__("not_found", message)
