"""Rows of tables that are written out in one go."""

from portal.web.rows import rows_drawn


def test_the_first_cell_heads_its_row() -> None:
    assert rows_drawn([("7 Nov", "4")], [""]) == ('<tr><th scope="row">7 Nov</th><td>4</td></tr>\n')


def test_cells_have_the_classes_of_their_columns() -> None:
    assert '<td class="num">4</td><td>late</td>' in rows_drawn(
        [("7 Nov", "4", "late")], ["num", ""]
    )


def test_words_in_a_row_are_escaped() -> None:
    assert "<td>&lt;b&gt; 50 %s</td>" in rows_drawn([("7 Nov", "<b> 50 %s")], [""])


def test_a_table_may_have_no_rows() -> None:
    assert rows_drawn([], ["num"]) == ""
