"""Views of the tests of the middleware: each stands for a kind of declaration or of refusal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View
from ninja import NinjaAPI

from anlan.kernel.access.policies import Policy, anyone, page, public
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState

leaders = Policy("probe.leaders", "试", (Role.LEADER,))
api = NinjaAPI(urls_namespace="probe", docs_decorator=page(anyone))
done: list[str] = []  # what got through


def reply(request: HttpRequest) -> HttpResponse:
    done.append(request.path)
    return HttpResponse("reached")


async def reply_async(request: HttpRequest) -> HttpResponse:
    return reply(request)


class Thing(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return reply(request)

    post = get


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "wrong": Refused("bad_number", "数字不对。"),
        "forbidden": Forbidden(),
        "state": WrongState("已经办过了。"),
        "unknown": Unknown(),
        "bug": ZeroDivisionError(),
    }[kind]


async def refuse_async(request: HttpRequest, kind: str) -> HttpResponse:
    return refuse(request, kind)


@api.get("/open")
def forgotten(request: HttpRequest) -> str:
    done.append(request.path)
    return "secret"


@api.get("/leaders")
@page(leaders)
def for_leaders(request: HttpRequest) -> str:
    done.append(request.path)
    return "reached"


@api.post("/leaders")
@page(leaders)
def write(request: HttpRequest) -> str:
    done.append(request.path)
    return "written"


@api.get("/refuse")
@page(anyone)
def refused(request: HttpRequest) -> Any:
    raise WrongState("已经办过了。")


def kinds(view: Any, prefix: str) -> list[Any]:
    """The same view under each declaration (a fresh function each, as decorators change it)."""

    def fresh() -> Any:
        if view is Thing:
            return Thing.as_view()
        if view is reply_async:

            async def again(request: HttpRequest) -> HttpResponse:
                return reply(request)

            return again
        return lambda request: reply(request)

    return [
        path(f"{prefix}/undeclared/", fresh()),
        path(f"{prefix}/public/", page(public)(fresh())),
        path(f"{prefix}/anyone/", page(anyone)(fresh())),
        path(f"{prefix}/leaders/", page(leaders, methods=("GET", "POST"))(fresh())),
    ]


urlpatterns = [
    *kinds(reply, "sync"),
    *kinds(reply_async, "async"),
    *kinds(Thing, "class"),
    path("refuse/<str:kind>/", page(public)(refuse)),
    path("refuse-async/<str:kind>/", page(public)(refuse_async)),
    path("api/", api.urls),
    path("", include("anlan.config.urls")),
]
handler404 = "anlan.kernel.ui.errors.not_found"
