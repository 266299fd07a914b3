"""How a refusal reaches the person or the program that asked: page, htmx, JSON, event stream."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import (
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused


def is_api(request: Request) -> bool:
    """Whether a program asks: errors go out as JSON."""
    return request.path_info.startswith("/api/")


def is_htmx(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def refused(request: Request, error: Refused) -> HttpResponse:
    """The refusal with its status. htmx also gets the event ``anlan:refused`` with the message."""
    if is_api(request):
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    context = {"status": error.status, "code": error.code, "message": error.message}
    try:
        body = render_to_string("ui/refused.html", context, request)
    except TemplateDoesNotExist:
        body = format_html(
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>未能办理</title>'
            '<h1>未能办理</h1><p>{}</p><p><a href="/">返回首页</a></p></html>',
            error.message,
        )
    response = HttpResponse(body, status=error.status)
    if is_htmx(request):
        response["HX-Trigger"] = json.dumps({"anlan:refused": context})
    return response


def login(request: Request) -> HttpResponse:
    """To the login page, and from there back to where the person was."""
    if is_api(request):
        return JsonResponse({"code": "login", "message": "请先登录。"}, status=401)
    if "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=401)
    query = {"next": came_from(request)}
    if request.session_end:
        query["ended"] = str(request.session_end)
    return elsewhere(request, f"{settings.LOGIN_URL}?{urlencode(query)}", status=401)


def elsewhere(request: Request, url: str, *, status: int = 403) -> HttpResponse:
    """Lead to another page; a program gets ``status`` and the reason instead."""
    if is_api(request):
        message = request.due.why if request.due else "请先登录。"
        return JsonResponse({"code": "due", "message": message}, status=status)
    if is_htmx(request):
        return HttpResponse(status=status, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def method(request: Request, allowed: tuple[str, ...]) -> HttpResponse:
    """405 with the methods that the page answers."""
    return HttpResponseNotAllowed(allowed)


def came_from(request: Request) -> str:
    """The address to come back to: this page, or the one whose form or fragment asked."""
    if request.method == "GET" and not is_htmx(request):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/"
    parts = urlsplit(page)
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    return local(request, back)


def local(request: Request, url: str | None) -> str:
    """``url`` if it is an address of our own, else the front page. Never leads to another host."""
    if (
        url
        and url.startswith("/")
        and url_has_allowed_host_and_scheme(
            url, allowed_hosts=None, require_https=request.is_secure()
        )
    ):
        return url
    return "/"
