"""From a source (lines, paragraphs, table rows) to a notice: chapters, items, parts, rows.

``build`` does it; ``read`` also returns the account by which ``accounting`` proves that no
character was dropped. The rooms in the order of the work: ``cleaning`` and
``lines`` (repairs inside a line),
``joining`` (sentences that a break cut), ``marks`` (numbering), ``body``, ``headings``, ``owners``,
``parts``, ``front``, ``ending``, then the table: ``columns``, ``entries``, ``table``,
``unit_cells``, ``likeness``.
"""

from anlan.notices.structure.build import Reading, build, read

__all__ = ["Reading", "build", "read"]
