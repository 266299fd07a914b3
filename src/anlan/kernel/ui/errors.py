"""Pages for what goes wrong outside a service: no such address, a stale form, our own mistake."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from anlan.kernel.access import answers
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused, Unknown

log = logging.getLogger("anlan.ui")


class Stale(Refused):
    """The form came without the sign that our own page sent it."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "stale_form",
            "页面放置过久或登录状态已变化，为防止冒用，本次提交没有执行。"
            "请刷新填写的那一页后重新提交；较长的表单可以恢复已填写的草稿。",
        )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: too many fields, too long a text, no host of ours. Touches neither session nor form."""
    told = "提交的内容过多或格式不对，没有办理。请返回上一页，减少一次提交的文字或文件后重试。"
    if request.path_info.startswith("/api/"):
        return JsonResponse({"code": "bad_request", "message": told}, status=400)
    body = render_to_string("ui/bad_request.html", {"told": told})
    return HttpResponse(body, status=400)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    """403 raised by the framework; refusals of ours come with their own words."""
    return answers.refused(request, Forbidden())


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """404: an address that does not exist, or a thing outside the viewer's scope."""
    return answers.refused(
        request, Unknown("没有这个页面，或其内容不在您的管辖范围内。请核对网址，或从首页重新进入。")
    )


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """403: Django's check against forged forms refused."""
    log.warning("csrf refused: %s %s", request.path, reason)
    return answers.refused(request, Stale())


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without touching the database or the session: either may be the cause."""
    body = render_to_string("ui/server_error.html")
    return HttpResponse(body, status=500)
