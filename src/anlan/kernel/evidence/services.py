"""Taking files in and attaching them to work."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence import pictures
from anlan.kernel.evidence.models import File, Flag, FlagKind, Use
from anlan.kernel.evidence.storing import Upload, store
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write

# Two's complement and xor as bit(64): the number of differing bits (Hamming distance).
_NEAR = """
SELECT file.id FROM evidence_file file
WHERE file.picture_hash IS NOT NULL AND file.id <> %s
  AND bit_count((file.picture_hash # %s)::bit(64)) <= %s
"""


def file_store(*, actor: Actor, upload: Upload) -> File:
    """Keep an uploaded file; the same content comes back as the same row. See ``storing.store``."""
    name = Path(upload.name or "文件").name[:200]
    stored = store(upload, Path(settings.VAR) / "evidence")
    known = File.objects.filter(digest=stored.digest).first()
    if known:
        return known
    file = File(
        digest=stored.digest,
        size=stored.size,
        media_type=stored.media_type,
        name=name,
        uploaded_by=actor.user,
    )
    if file.is_picture:
        picture = pictures.read(stored.path, name)
        file.picture_hash = picture.fingerprint
        file.taken_at = picture.taken_at
        file.latitude, file.longitude = picture.latitude, picture.longitude
    with Write(actor, "evidence.file.store") as write:
        return write.add(file)


def attach(write: Write, *, file: File, subject: models.Model, organisation: Organisation) -> Use:
    """Offer ``file`` as proof of ``subject``'s work, and flag what a verifier should look at."""
    use = write.add(
        Use(
            file=file,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            organisation=organisation,
            name=file.name,
        )
    )
    _flag_same(use)
    if file.picture_hash is not None:
        _flag_alike(use, file)
    return use


def of(subject: models.Model) -> models.QuerySet[Use]:
    """The evidence of ``subject``, with flags."""
    return (
        Use.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("file")
        .prefetch_related("flags")
    )


def _flag_same(use: Use) -> None:
    for other in _elsewhere(use, Use.objects.filter(file_id=use.file_id)):
        Flag.objects.create(
            use=use, kind=FlagKind.SAME, other=other, text=_words(other, "同一文件")
        )


def _flag_alike(use: Use, file: File) -> None:
    near = File.objects.raw(_NEAR, [file.pk, file.picture_hash, pictures.ALIKE])
    alike = Use.objects.filter(file_id__in=[each.pk for each in near])
    for other in _elsewhere(use, alike):
        Flag.objects.create(
            use=use, kind=FlagKind.ALIKE, other=other, text=_words(other, "高度相似的照片")
        )


def _elsewhere(use: Use, uses: models.QuerySet[Use]) -> models.QuerySet[Use]:
    """Uses for other work; three are enough to make a verifier look."""
    same_subject = models.Q(subject_type=use.subject_type, subject_id=use.subject_id)
    return uses.exclude(same_subject).select_related("organisation").order_by("pk")[:3]


def _words(other: Use, what: str) -> str:
    return f"{what}已由{other.organisation}于 {other.used_at:%Y-%m-%d} 用作另一项工作的佐证。"
