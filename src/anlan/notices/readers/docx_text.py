"""The words of a Word paragraph, without what does not print."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

# Not printed, or printed elsewhere: deletions, moved-away text, field codes, phonetic guides,
# properties, and the copy of a text box made for old programs.
_SKIPPED = {"del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "Fallback", "drawing"}
_CHARACTERS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def local(element: Element) -> str:
    """The element's name without namespace: strict and transitional files differ only there."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The attribute called ``name`` in whatever namespace."""
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def truth(element: Element | None) -> bool:
    """A switch such as ``<w:vanish/>``: on unless its value says off."""
    return element is not None and attribute(element, "val") not in {"0", "false", "off", "none"}


def child(element: Element, name: str) -> Element | None:
    """The first child called ``name``."""
    return next((each for each in element if local(each) == name), None)


def paragraph_texts(paragraph: Element) -> tuple[str, list[list[Element]]]:
    """The paragraph's own text, soft breaks as ``\\n``, and the paragraphs of its text boxes."""
    boxes: list[list[Element]] = []
    return "".join(_words(paragraph, boxes)), boxes


def _words(element: Element, boxes: list[list[Element]]) -> Iterator[str]:
    for each in element:
        name = local(each)
        if name == "t":
            yield each.text or ""
        elif name in _CHARACTERS:
            yield _character(each, name)
        elif name == "txbxContent":
            boxes.append([inner for inner in each.iter() if local(inner) == "p"])
        elif name == "drawing":
            _collect_boxes(each, boxes)
        elif name not in _SKIPPED and not _is_hidden(each, name):
            yield from _words(each, boxes)


def _character(element: Element, name: str) -> str:
    if name == "br" and attribute(element, "type") in {"page", "column"}:
        return ""
    return _CHARACTERS[name]


def _collect_boxes(drawing: Element, boxes: list[list[Element]]) -> None:
    for each in drawing.iter():
        if local(each) == "txbxContent":
            boxes.append([inner for inner in each.iter() if local(inner) == "p"])


def _is_hidden(element: Element, name: str) -> bool:
    if name != "r":
        return False
    properties = child(element, "rPr")
    return properties is not None and truth(child(properties, "vanish"))
