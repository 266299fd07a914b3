"""Taking files in and attaching them to work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, models
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence import pictures
from anlan.kernel.evidence.models import File, Flag, FlagKind, Use
from anlan.kernel.evidence.storing import ALLOWED, Upload, store
from anlan.kernel.orgs import places
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write

CLOCK_SLACK = timedelta(minutes=10)  # how far a camera's clock may be ahead of ours

# Two's complement and xor as bit(64): the number of differing bits (Hamming distance).
_NEAR = """
SELECT file.id FROM evidence_file file
WHERE file.picture_hash IS NOT NULL AND file.id <> %s
  AND bit_count((file.picture_hash # %s)::bit(64)) <= %s
"""


def file_store(*, actor: Actor, upload: Upload, allowed: Mapping[str, str] = ALLOWED) -> File:
    """Keep an uploaded file; the same content comes back as the same row, under
    the name that it has this time. See ``storing.store``."""
    name = Path(upload.name or "").name[:200] or "文件"
    stored = store(upload, Path(settings.VAR) / "evidence", allowed=allowed)
    known = File.objects.filter(digest=stored.digest).first()
    if known:
        known.name = name  # for this use: how another named it is not told
        return known
    file = File(
        digest=stored.digest,
        size=stored.size,
        media_type=stored.media_type,
        name=name,
        uploaded_by=actor.user,
    )
    if picture := stored.picture:
        file.picture_hash = picture.fingerprint
        file.taken_at = picture.taken_at
        file.latitude, file.longitude = picture.latitude, picture.longitude
    try:
        with Write(actor, "evidence.file.store") as write:
            return write.add(file)
    except IntegrityError:  # the same content came through another door at the same moment
        known = File.objects.get(digest=stored.digest)
        known.name = name
        return known


def attach(
    write: Write,
    *,
    file: File,
    subject: models.Model,
    organisation: Organisation,
    since: date | None = None,
    same_work: Iterable[int] = (),
) -> Use:
    """Offer ``file`` as proof of ``subject``'s work, and flag what a verifier should look at.

    ``since``: the first day of the work; a photograph taken earlier is flagged, as is one of the
    future. ``same_work``: other subjects of the same kind that proved this same work in vain; a
    file shown again after it was returned is no reuse.
    """
    use = write.add(
        Use(
            file=file,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            organisation=organisation,
            name=file.name,
        )
    )
    mine = {subject.pk, *same_work}
    _flag_same(use, mine)
    if file.picture_hash is not None:
        _flag_alike(use, file, mine)
    _flag_time(use, file, since)
    _flag_place(use, file, organisation)
    return use


def of(subject: models.Model) -> models.QuerySet[Use]:
    """The evidence of ``subject``, with flags."""
    return _of(type(subject), [subject.pk])


def of_each(subjects: Sequence[models.Model]) -> dict[int, list[Use]]:
    """The evidence of each of ``subjects`` (all of one kind) by its id, with flags."""
    found: dict[int, list[Use]] = {each.pk: [] for each in subjects}
    if subjects:
        for use in _of(type(subjects[0]), list(found)):
            found[use.subject_id].append(use)
    return found


def _of(kind: type[models.Model], ids: list[int]) -> models.QuerySet[Use]:
    return (
        Use.objects.filter(subject_type=kind._meta.label_lower, subject_id__in=ids)
        .select_related("file")
        .prefetch_related("flags")
    )


def _flag_same(use: Use, mine: set[int]) -> None:
    for other in _elsewhere(use, Use.objects.filter(file_id=use.file_id), mine):
        Flag.objects.create(
            use=use, kind=FlagKind.SAME, other=other, text=_words(other, "同一文件")
        )


def _flag_alike(use: Use, file: File, mine: set[int]) -> None:
    near = File.objects.raw(_NEAR, [file.pk, file.picture_hash, pictures.ALIKE])
    alike = Use.objects.filter(file_id__in=[each.pk for each in near])
    for other in _elsewhere(use, alike, mine):
        Flag.objects.create(
            use=use, kind=FlagKind.ALIKE, other=other, text=_words(other, "高度相似的照片")
        )


def _flag_time(use: Use, file: File, since: date | None) -> None:
    if file.taken_at is None:
        return
    taken = timezone.localtime(file.taken_at)
    said = f"照片拍摄于 {taken:%Y-%m-%d %H:%M}，"
    if taken > timezone.now() + CLOCK_SLACK:
        Flag.objects.create(use=use, kind=FlagKind.TIME, text=f"{said}晚于上报时间。")
    elif since and taken.date() < since:
        Flag.objects.create(
            use=use, kind=FlagKind.TIME, text=f"{said}早于这项工作开始的 {since:%Y-%m-%d}。"
        )


def _flag_place(use: Use, file: File, organisation: Organisation) -> None:
    if file.latitude is None or file.longitude is None:
        return
    at, area = {"latitude": file.latitude, "longitude": file.longitude}, organisation.area
    if places.within(area, **at) is False:
        county = places.county_at(**at)
        where = str(county) if county else f"北纬 {file.latitude:.3f}°、东经 {file.longitude:.3f}°"
        text = f"照片拍摄于{where}，不在{area}范围内。"
        Flag.objects.create(use=use, kind=FlagKind.PLACE, text=text)


def _elsewhere(use: Use, uses: models.QuerySet[Use], mine: set[int]) -> models.QuerySet[Use]:
    """Uses for other work; three are enough to make a verifier look."""
    same_work = models.Q(subject_type=use.subject_type, subject_id__in=mine)
    return uses.exclude(same_work).select_related("organisation").order_by("pk")[:3]


def _words(other: Use, what: str) -> str:
    day = timezone.localdate(other.used_at)
    return f"{what}已由{other.organisation}于 {day} 用作另一项工作的佐证。"
