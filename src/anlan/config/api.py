"""The API for programs: the same services and the same rights as the pages, in JSON.

Described at ``/api/openapi.json``. Log in as on the pages; a write needs the CSRF token as well.
Every refusal is ``{"code": …, "message": …}``: the code for programs, the message for people.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from anlan.intake.api import router as intake
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.errors import Refused
from anlan.plan.api import router as plan

log = logging.getLogger("anlan.api")

api = NinjaAPI(
    title="Anlan",
    version="1",
    urls_namespace="api",
    docs_url=None,  # the page of the usual viewer loads its script from another host
    docs_decorator=page(anyone),
)
api.add_router("/plan/", plan)
api.add_router("/notices/", intake)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A service refused: nothing changed."""
    body = {"code": error.code, "message": error.message}
    return api.create_response(request, body, status=error.status)


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own mistake: the log has the details, the answer none of them."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    message = "系统出错，没有办理成功。请稍后再试；仍不成功请联系系统管理员。"
    body = {"code": "server", "message": message}
    return api.create_response(request, body, status=500)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The request does not have the described form; ``fields`` says where."""
    fields = [{"where": list(each["loc"]), "what": each["msg"]} for each in error.errors]
    body = {"code": "invalid", "message": "请求的内容不符合接口说明。", "fields": fields}
    return api.create_response(request, body, status=422)
