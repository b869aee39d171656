"""YAML as writers write it: every mistake is told with its file, its line and what is allowed."""

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from portal.education.errors import ContentError

M = TypeVar("M", bound=BaseModel)
Place = Sequence[str | int]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times as fast


class YamlText:
    """A YAML document with the line of every key in it."""

    def __init__(self, text: str, *, file: str, first_line: int = 1) -> None:
        self.file = file
        self.first_line = first_line
        try:
            loader = _LOADER(text)
            self._root = loader.get_single_node()
            self.data: Any = loader.construct_document(self._root) if self._root else None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            told = getattr(error, "problem", None) or "it cannot be read"
            line = first_line + (mark.line if mark else 0)
            raise ContentError(f"this is not YAML: {told}.", file=file, line=line) from None
        except (ValueError, RecursionError) as error:
            told = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
            raise ContentError(f"this is not YAML: {told}.", file=file) from None
        self._refuse_doubles(self._root, set())

    def line_of(self, place: Place) -> int:
        """The line of the deepest part of `place` that exists."""
        node = self._root
        line = node.start_mark.line if node else 0
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return self.first_line + line

    def as_model(self, model: type[M], at: Place = ()) -> M:
        """The part at `at` as `model`; raises ContentError with the first thing that is wrong."""
        part = self.data
        for step in at:
            part = part[step]
        if not isinstance(part, dict):
            raise ContentError(
                f"keys are expected here. Allowed: {', '.join(model.model_fields)}.",
                file=self.file,
                line=self.line_of(at),
            )
        try:
            return model.model_validate(part)
        except ValidationError as error:
            raise self._told(error, model, at) from None

    def _told(self, error: ValidationError, model: type[BaseModel], at: Place) -> ContentError:
        found = error.errors(include_url=False)
        first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
        place = first["loc"]
        owner, key = _owner(model, place)
        said = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            sentence = f"this key is not known. Allowed: {', '.join(owner.model_fields)}."
        elif key:
            about = owner.model_fields[key].description
            missing = "it is missing" if first["type"] == "missing" else said
            sentence = f"{missing}. Allowed: {about}."
        else:
            sentence = f"{said}."
        named = ".".join(str(step) for step in place)
        return ContentError(sentence, file=self.file, line=self.line_of([*at, *place]), key=named)

    def _refuse_doubles(self, node: yaml.Node | None, met: set[int]) -> None:
        if id(node) in met:
            return
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_doubles(item, met)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    raise ContentError(
                        "this key stands here twice. Allowed: once.",
                        file=self.file,
                        line=self.first_line + key.start_mark.line,
                        key=key.value,
                    )
                seen.add(key.value)
                self._refuse_doubles(value, met)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line
    return None


def _owner(model: type[BaseModel], place: Place) -> tuple[type[BaseModel], str]:
    """The model that a wrong key belongs to, and the key (empty if the whole is wrong)."""
    key = ""
    for step in place:
        if key:
            inner = _model_in(model.model_fields[key].annotation)
            if inner is None:
                break
            model, key = inner, ""
        if step in model.model_fields:
            key = str(step)
    return model, key


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for option in get_args(annotation) if isinstance(annotation, UnionType) else (annotation,):
        if isinstance(option, type) and option is not NoneType and issubclass(option, BaseModel):
            return option
    return None
