"""Jobs of the intake."""

from procrastinate.contrib.django import app


@app.task(name="intake.read_document", queue="intake")
def read_document(document: int) -> None:
    """Read an uploaded notice."""
    from anlan.intake.services.reading import document_read

    document_read(document=document)
