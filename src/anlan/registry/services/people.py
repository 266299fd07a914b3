"""Persons, the posts they hold, and opening an identity number."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.write import Write
from anlan.registry import policies, sealing
from anlan.registry.choices import PostKind
from anlan.registry.identifiers import IdentifierError, identity
from anlan.registry.models import Enterprise, IdentityOpening, Person, Post
from anlan.registry.services.locking import locked
from anlan.registry.visibility import identities_opened_by


def person_add(
    *, actor: Actor, name: str, identity_number: str = "", phone: str = "", is_demo: bool = False
) -> Person:
    """The person with this identity number, stored if there is none yet.

    Whoever is on record with the number is the same person: he is reused, and a telephone given
    now replaces the one before. Without a number each person is a new one. Refused: no name; a
    number that is none; one that stands under another name.
    """
    policies.KEEP.require(actor)
    name, phone = name.strip(), phone.strip()
    if not name:
        raise Refused("name_missing", "请填写姓名。")
    number = _number(identity_number)
    with Write(actor, "registry.person.add") as write:
        known = _known(number) if number else None
        if known is None:
            return write.add(_person(name, number, phone, is_demo))
        _check_name(known, name)
        if phone and known.phone != phone:
            write.change(known, phone=phone, revision=known.revision + 1)
        return known


def post_begin(
    *, actor: Actor, enterprise: int, person: Person, kind: str, valid_from: date
) -> Post:
    """Put the person into a post of the enterprise from a day on.

    Refused: a day to come; WrongState: he holds it already.
    """
    policies.KEEP.require(actor)
    if valid_from > timezone.localdate():
        raise Refused("post_in_future", "任职日期不能晚于今天，到任后再登记。")
    with Write(actor, "registry.post.begin") as write:
        found = locked(write, Enterprise, enterprise)
        label = PostKind(kind).label
        if found.posts.filter(person=person, kind=kind, valid_to=None).exists():
            raise WrongState(f"{person}已登记为“{found}”的{label}，不必重复登记。")
        made = write.add(Post(enterprise=found, person=person, kind=kind, valid_from=valid_from))
        write.event("post.begun", made, area=found.area, organisation=found.regulator)
    return made


def appoint(
    *,
    actor: Actor,
    enterprise: int,
    kind: str,
    valid_from: date,
    name: str,
    identity_number: str = "",
    phone: str = "",
    is_demo: bool = False,
) -> Post:
    """A person, on record or new, into a post, both or neither: what the form does."""
    with Write(actor, "registry.post.appoint"):
        person = person_add(
            actor=actor,
            name=name,
            identity_number=identity_number,
            phone=phone,
            is_demo=is_demo,
        )
        return post_begin(
            actor=actor, enterprise=enterprise, person=person, kind=kind, valid_from=valid_from
        )


def post_end(*, actor: Actor, post: int, valid_to: date, reason: str = "") -> Post:
    """The last day of a post. Refused: before its first, or to come; WrongState: ended already."""
    policies.KEEP.require(actor)
    with Write(actor, "registry.post.end", reason=reason.strip()) as write:
        found = write.lock(Post.objects.visible_to(actor), post)
        enterprise = locked(write, Enterprise, found.enterprise_id)
        if found.valid_to:
            raise WrongState(f"{found.person}的任职已登记到 {found.valid_to} 为止。")
        if valid_to < found.valid_from:
            raise Refused("post_ends_early", f"离任日期不能早于任职日期 {found.valid_from}。")
        if valid_to > timezone.localdate():
            raise Refused("post_in_future", "离任日期不能晚于今天，离任后再登记。")
        write.change(found, valid_to=valid_to)
        write.event("post.ended", found, area=enterprise.area, organisation=enterprise.regulator)
    return found


def identity_open(*, actor: Actor, person: int, reason: str) -> str:
    """The person's identity number in full; who opened it and why stays on record.

    Refused: no reason; no number on record; a cipher that does not open. Forbidden: only the
    office and those who keep an enterprise of this person may.
    """
    policies.IDENTITY.require(actor)
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请写明为什么要查看身份证号，理由会留存备查。")
    with Write(actor, "registry.identity.open", reason=reason) as write:
        found = write.lock(Person.objects.visible_to(actor), person)
        _check_opener(actor, found)
        if found.identity is None or found.digest is None:
            raise Unknown(f"{found}没有登记身份证号。")
        write.add(IdentityOpening(person=found, by=actor.person, reason=reason))
        try:
            return sealing.opened(bytes(found.identity), found.digest)
        except sealing.SealBroken as error:
            raise Refused(
                "identity_broken",
                "身份证号无法解密：密钥文件与数据不配套，或数据被改动过。请联系系统管理员。",
            ) from error


def _number(given: str) -> str:
    if not given.strip():
        return ""
    try:
        return identity(given, today=timezone.localdate()).number
    except IdentifierError as error:
        raise Refused("identity", str(error)) from error


def _known(number: str) -> Person | None:
    """Of two who add one number at the same moment, the second waits and finds the first's."""
    digest = sealing.digest(number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('anlan.person ' || %s, 0))", [digest]
        )
    return Person.objects.select_for_update().filter(digest=digest).first()


def _person(name: str, number: str, phone: str, is_demo: bool) -> Person:
    made = Person(name=name, phone=phone, is_demo=is_demo)
    if number:
        made.identity, made.digest = sealing.seal(number), sealing.digest(number)
    return made


def _check_name(known: Person, name: str) -> None:
    """Says nothing of the other name: who guesses a number shall not learn whose it is."""
    if "".join(known.name.split()) != "".join(name.split()):
        raise Refused(
            "identity_of_another",
            "这个身份证号登记的姓名与填写的不同。请核对姓名和号码；确实改过名的，联系安委办处理。",
        )


def _check_opener(actor: Actor, person: Person) -> None:
    reached = Enterprise.objects.filter(identities_opened_by(actor))
    if not person.posts.filter(enterprise__in=reached).exists():
        raise Forbidden("只有登记其任职企业的单位和安委办可以查看身份证号。")
