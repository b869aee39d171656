"""What was typed into a form, in the words of that form: shown where the form itself cannot be.

A feature says which fields a person fills in and how they are called; hidden keys and numbers
that no person typed are left out.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from wtforms.fields.core import UnboundField

from portal.web.forms import HouseForm

Typed = Mapping[str, Sequence[str]]
Rows = list[tuple[str, str]]
_NOTHING: Mapping[str, Mapping[str, object]] = MappingProxyType({})


def in_words(
    labels: Mapping[str, object], choices: Mapping[str, Mapping[str, object]] = _NOTHING
) -> Callable[[Typed], Rows]:
    """Return how a form's fields are told: each label with what was typed or chosen there.

    `choices` names the answers of fields whose values are codes; an unknown code is left out.
    """

    def words(sent: Typed) -> Rows:
        rows = []
        for name, label in labels.items():
            said = ", ".join(filter(None, _said(sent.get(name, ()), choices.get(name))))
            if said:
                rows.append((str(label), said))
        return rows

    return words


def _said(values: Sequence[str], known: Mapping[str, object] | None) -> list[str]:
    return [str(known.get(value, "")) if known is not None else value for value in values]


def labels_of(form: type[HouseForm]) -> dict[str, object]:
    """Return the labels of a form's fields, in its order; fields without one are left out."""
    unbound = [
        (name, field)
        for kind in reversed(form.__mro__)
        for name, field in vars(kind).items()
        if isinstance(field, UnboundField)
    ]
    ordered = sorted(unbound, key=lambda pair: pair[1].creation_counter)
    return {name: field.args[0] for name, field in ordered if field.args}
