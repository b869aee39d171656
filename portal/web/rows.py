"""Rows of a table, written out in one go: a brief has close to a hundred of them."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup  # noqa: TID251 - one of the modules of web that may

from portal.web.svg import escaped


def rows_drawn(rows: Iterable[Sequence[str]], classes: Sequence[str]) -> Markup:
    """Return rows whose first cell is their heading, escaped a row at a time.

    `classes` are those of the other cells, empty for none.
    """
    heads = ["".join((f' class="{css}"' if css else "", ">")) for css in classes]
    row = '<tr><th scope="row">%s</th>' + "".join(f"<td{head}%s</td>" for head in heads) + "</tr>\n"
    return Markup("".join([row % tuple(escaped(cells)) for cells in rows]))
