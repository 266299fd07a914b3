"""What a person does with a batch."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import WrongState
from anlan.kernel.imports import policies
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.forms import ConsentForm
from anlan.kernel.imports.services import taking, uploading


@page(policies.USE, methods=("POST",))
def take(request: Request, pk: int) -> HttpResponse:
    """Consent to as many good rows as the page showed."""
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise WrongState(taking.CHANGED)
    done = taking.batch_consent(actor=request.actor, batch=pk, good=form.cleaned_data["good"])
    if done.state == BatchState.UPLOADED:
        messages.warning(
            request, "填写要求在检查之后有了变化，正在按新的要求重新检查。请看过结果后再接收。"
        )
    return redirect("imports:batch", pk)


@page(policies.USE, methods=("POST",))
def drop(request: Request, pk: int) -> HttpResponse:
    """Give the batch up."""
    uploading.batch_drop(actor=request.actor, batch=pk)
    messages.success(request, "已放弃这一批，读取的数据和上传的文件已删除，台账没有变化。")
    return redirect("imports:batch", pk)


@page(policies.USE, methods=("POST",))
def resume(request: Request, pk: int) -> HttpResponse:
    """Set a halted job going again."""
    uploading.batch_resume(actor=request.actor, batch=pk)
    messages.success(request, "已重新安排，从停下的地方继续。")
    return redirect("imports:batch", pk)
