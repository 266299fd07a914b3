"""The job that seals."""

from anlan.kernel.audit.chain import seal_all
from anlan.kernel.jobs import every


@every("* * * * *", "audit.seal")
def seal() -> None:
    """Every minute."""
    seal_all()
