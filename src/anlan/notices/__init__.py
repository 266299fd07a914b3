"""Reading a government's yearly notice: from a file to a typed document.

Pure Python, no Django; usable alone. The rooms, in the order in which a file walks through them:

``readers``        a file (.txt .docx .pdf, scans) → :class:`~anlan.notices.document.Source`
``structure``      a source → title, preamble, chapters, items, parts, table rows, closing; repairs
``responsibility`` the words that name responsible units → units with roles, inherited units
``obligations``    binding sentences → quotas, deadlines, frequencies, triggers, conditions, duties
``differences``    what the attached table says otherwise than the body
``warnings``       what a careful clerk would question
``reading``        all of the above in one call: :func:`~anlan.notices.reading.read_notice`
"""
