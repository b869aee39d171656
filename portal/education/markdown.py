"""The only way from a content file to safe HTML.

The sanitiser here is a proof, not a filter: what it returns must equal what was rendered, or the
file is refused. So nothing a writer wrote is ever eaten in silence, and nothing unsafe is kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Final
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor

from portal.education.errors import ContentError

EXTENSIONS: Final = (
    "footnotes",
    "attr_list",
    "def_list",
    "abbr",
    "tables",
    "admonition",
    "md_in_html",
    "smarty",
    "sane_lists",
)
TAGS: Final = frozenset(
    {
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "section",
        "small",
        "span",
        "strong",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
EVERYWHERE: Final = frozenset({"id", "class", "lang"})
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"data-col"}),
    "th": frozenset({"scope"}),
}
SCHEMES: Final = frozenset({"https", "mailto", "tel"})

CITATION: Final = re.compile(r"\[@([a-z0-9-]+)\]")
PLACEHOLDER: Final = re.compile(r"\[\[([a-z_]+)\]\]")
CAPTION: Final = "Table: "
_STASHED: Final = re.compile("\x02wzxhzdk:(\\d+)\x03")
_TAGS_AND_TEXT: Final = re.compile(r"(<[^>]*>|\{[^}]*\}|\[\[[a-z_]+\]\])")
_TAG_NAME: Final = re.compile(r"(?:<(/?)([a-z0-9]+)|[\{\[])")
_NO_TERMS: Final = frozenset({"a", "abbr", "caption", "code", "h2", "h3", "h4", "q", "sup", "th"})
_SECTION: Final = re.compile(r"(?=<h2[ >])")
_HEADING: Final = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>\s*', re.DOTALL)
_TO_TICK: Final = re.compile(r"<li>\[ \] (.*?)</li>", re.DOTALL)


class SafeHtml(str):
    """HTML that this module has proved safe; anything cut from it or added to it is plain text."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class SafeSection:
    """One h2 of a page with everything up to the next; `anchor` is empty before the first."""

    anchor: str
    title: SafeHtml
    body: SafeHtml


class _Tables(Treeprocessor):
    """Gives tables a caption, row headings and the column labels that cards show on a phone."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            children = list(parent)
            for before, table in zip([None, *children], children, strict=False):
                if table.tag == "table":
                    _name_table(parent, before, table)
                    _name_cells(table, [self._label(cell) for cell in table.iterfind("thead/tr/*")])

    def _label(self, cell: Element) -> str:
        """A column's name: the heading's words up to its first mark-up."""

        def shown(found: re.Match[str]) -> str:
            kept = str(self.md.htmlStash.rawHtmlBlocks[int(found.group(1))])
            return "<" if kept.startswith("<") else unescape(kept)

        return _STASHED.sub(shown, cell.text or "").partition("<")[0].strip()


def _name_table(parent: Element, before: Element | None, table: Element) -> None:
    table.set("class", "cmp")
    if before is not None and before.tag == "p" and (before.text or "").startswith(CAPTION):
        before.text = (before.text or "").removeprefix(CAPTION)
        before.tag = "caption"
        parent.remove(before)
        table.insert(0, before)


def _name_cells(table: Element, columns: Sequence[str]) -> None:
    for cell in table.iterfind("thead/tr/*"):
        if cell.text or len(cell):
            cell.set("scope", "col")
        else:
            cell.tag = "td"
    for row in table.iterfind("tbody/tr"):
        for index, cell in enumerate(row):
            if index:
                cell.set("data-col", columns[index])
            else:
                cell.tag = "th"
                cell.set("scope", "row")


class _Events(HTMLParser):
    """HTML as a list of facts that two spellings of the same page share."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts: list[str] = []
        self._text = ""

    def _add(self, fact: str) -> None:
        if self._text:
            self.facts.append(self._text)
            self._text = ""
        if fact:
            self.facts.append(fact)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = " ".join(f'{name}="{value or ""}"' for name, value in sorted(attrs))
        self._add(f"<{tag} {named}".rstrip())

    def handle_endtag(self, tag: str) -> None:
        self._add(f"</{tag}")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_comment(self, data: str) -> None:
        self._add(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self._add(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self._add(f"<?{data}")

    def close(self) -> None:
        super().close()
        self._add("")


def _facts(html: str) -> list[str]:
    reader = _Events()
    reader.feed(html)
    reader.close()
    return reader.facts


def sanitise(html: str) -> str:
    """The same HTML with everything outside the allow-list gone."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(ATTRIBUTES.get(tag, ())) | EVERYWHERE for tag in TAGS},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def prove_safe(html: str, *, file: str, source: str, first_line: int = 1) -> str:
    """The sanitised HTML, if that is what was rendered.

    Raises ContentError with the first thing the allow-list does not know.
    """
    safe = sanitise(html)
    rendered, kept = _facts(html), _facts(safe)
    if rendered != kept:
        lost = _first_lost(rendered, kept)
        raise ContentError(
            f"{lost[:60]!r} is not allowed in a page. Use plain Markdown with headings from ## on;"
            " links may go to this site, https, mailto or tel.",
            file=file,
            line=first_line + _line_of(lost, source),
        )
    return safe


def _first_lost(rendered: Sequence[str], kept: Sequence[str]) -> str:
    """What the sanitiser changed first; a lost tag leaves its text joined to the text before."""
    at = next(
        index for index, (one, other) in enumerate(zip_longest(rendered, kept)) if one != other
    )
    near = rendered[at : at + 2]
    return next((fact for fact in near if fact.startswith("<")), near[0] if near else kept[at])


def _line_of(lost: str, source: str) -> int:
    """Lines before the one that most likely holds what was lost (0 if nothing like it is found)."""
    values = re.findall(r'="([^"]+)"', lost)
    heading = [f"\n{'#' * int(lost[2])} "] if re.match(r"<h\d", lost) else []
    wanted = [*values, lost.split(" ", 1)[0], *heading, lost.strip()[:20]]
    for words in wanted:
        at = source.find(words) if words else -1
        if at >= 0:
            return source.count("\n", 0, at + words.startswith("\n"))
    return 0


class Renderer:
    """Markdown to safe HTML, one page after another with the same settings."""

    def __init__(self) -> None:
        self._markdown = Markdown(
            extensions=[TocExtension(toc_depth="2-4"), *EXTENSIONS], output_format="html"
        )
        self._markdown.treeprocessors.register(_Tables(self._markdown), "tables", 4)

    def render(
        self, text: str, *, file: str, sources: Sequence[str] = (), first_line: int = 1
    ) -> SafeHtml:
        """The page as safe HTML; `sources`, in their order on the page, give citations numbers.

        Raises ContentError where a citation names a source the page does not list, or where the
        sanitiser would change anything.
        """
        for found in CITATION.finditer(text):
            if found.group(1) not in sources:
                raise ContentError(
                    f"the citation {found.group(1)!r} is not among this page's sources."
                    f" Allowed: {', '.join(sources) or 'none'}.",
                    file=file,
                    line=first_line + text.count("\n", 0, found.start()),
                    key="sources",
                )
        numbered = CITATION.sub(lambda found: _citation(sources.index(found.group(1)) + 1), text)
        html = self._markdown.reset().convert(numbered)
        return SafeHtml(prove_safe(html, file=file, source=text, first_line=first_line))


def _citation(number: int) -> str:
    """The mark behind a statement; the word joiner keeps it on the statement's line."""
    return f'\u2060<sup class="cite"><a href="#source-{number}">[{number}]</a></sup>'


def link_terms(html: SafeHtml, words: Mapping[str, str]) -> tuple[SafeHtml, tuple[str, ...]]:
    """Safe HTML in which the first use of each word leads to its place, and the places used.

    `words` gives the place of each word in small letters; a plural's s does not matter. Nothing is
    linked inside headings, other links, marks of sources and quotations.
    """
    if not words:
        return html, ()
    longest_first = sorted(words, key=len, reverse=True)
    wanted = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})(s|es)?\b", re.IGNORECASE)
    used: list[str] = []

    def link(found: re.Match[str]) -> str:
        place = words[found.group(1).lower()]
        if place in used:
            return found.group(0)
        used.append(place)
        return f'<a class="term" href="{place}">{found.group(0)}</a>'

    closed: list[str] = []
    pieces = _TAGS_AND_TEXT.split(html)
    for index, piece in enumerate(pieces):
        name = _TAG_NAME.match(piece)
        if name and name.group(2) in _NO_TERMS:
            closed = closed[:-1] if name.group(1) else [*closed, name.group(2)]
        elif not name and not closed:
            pieces[index] = wanted.sub(link, piece)
    return SafeHtml("".join(pieces)), tuple(used)


def sections(html: SafeHtml) -> tuple[SafeSection, ...]:
    """A safe page cut at its h2 headings."""
    return tuple(_section(piece) for piece in _SECTION.split(html) if piece.strip())


def _section(piece: str) -> SafeSection:
    heading = _HEADING.match(piece)
    if heading is None:
        return SafeSection("", SafeHtml(), SafeHtml(piece))
    anchor, title = heading.groups()
    return SafeSection(anchor, SafeHtml(title), SafeHtml(piece[heading.end() :]))


def cut(html: SafeHtml, between: re.Pattern[str]) -> tuple[SafeHtml | re.Match[str], ...]:
    """Safe HTML cut at each match of `between`; the matches stand between the pieces."""
    pieces: list[SafeHtml | re.Match[str]] = []
    at = 0
    for found in between.finditer(html):
        pieces += [SafeHtml(html[at : found.start()]), found]
        at = found.end()
    return (*pieces, SafeHtml(html[at:]))


def fill(html: SafeHtml, words: Mapping[str, str], links: Mapping[str, str]) -> SafeHtml:
    """Safe HTML with each `[[name]]` replaced by the clinic's word for it, as a link if it has one.

    Links come from the clinic's facts (tel:), never from a content file.
    """

    def word(found: re.Match[str]) -> str:
        name = found.group(1)
        text = escape(words[name])
        link = links.get(name)
        return f'<a href="{escape(link)}">{text}</a>' if link and text else text

    return SafeHtml(PLACEHOLDER.sub(word, html))


def tickable(html: SafeHtml) -> SafeHtml:
    """Safe HTML in which each item written `- [ ] …` has a box to tick.

    The boxes have no name and stand in no form: a tick stays on the reader's screen or paper.
    """
    box = r'<li class="tickable"><label><input type="checkbox"> \1</label></li>'
    return SafeHtml(_TO_TICK.sub(box, html))


def prefixed(html: SafeHtml, prefix: str) -> SafeHtml:
    """Safe HTML whose ids, and links to them, stand behind a prefix: two pages on one sheet.

    The help block and the sources stand once on such a sheet, so links to them stay as they are.
    """
    return SafeHtml(re.sub(r'( id="| href="#(?!help"|source-))', rf"\g<1>{prefix}-", html))
