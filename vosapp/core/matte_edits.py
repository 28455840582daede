"""Edits of mattes: their settings, and values that change over time. Each takes a document and returns a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from vosapp.core.document import KEYED_NUMBERS, Document, MatteCurve, MatteJoin, MatteSettings, ObjectId, RotoObject
from vosapp.core.errors import MaskError


def set_stack(document: Document, object_id: ObjectId, matte: MatteSettings) -> Document:
    """Replaces the whole matte of an object by settings that stay the same over time."""
    return document.with_object(replace(document.object(object_id), matte=matte, curves=()))


def set_number(document: Document, object_id: ObjectId, name: str, value: float, *, frame_index: int) -> Document:
    """Sets a number of a matte: on one frame where it changes over time, else everywhere."""
    target = document.object(object_id)
    if target.curve(name) is not None:
        return set_key(document, object_id, name, frame_index, value)
    changes: dict[str, Any] = {name: value}
    return document.with_object(replace(target, matte=replace(target.matte, **changes)))


def set_key(document: Document, object_id: ObjectId, name: str, frame_index: int, value: float) -> Document:
    """Gives a number of a matte a value on a frame; between such frames it changes evenly.

    Raises:
        ValueError: this number does not change over time.
    """
    if name not in KEYED_NUMBERS:
        raise ValueError(f"{name} has no keys")
    target = document.object(object_id)
    curve = target.curve(name)
    keys = dict(curve.keys if curve is not None else ())
    keys[frame_index] = value
    return document.with_object(_with_curve(target, MatteCurve(name, tuple(sorted(keys.items())))))


def remove_key(document: Document, object_id: ObjectId, name: str, frame_index: int) -> Document:
    """Takes the value of a frame away. With the last one gone, its value holds everywhere."""
    target = document.object(object_id)
    curve = target.curve(name)
    if curve is None or frame_index not in dict(curve.keys):
        return document
    keys = tuple(key for key in curve.keys if key[0] != frame_index)
    if keys:
        return document.with_object(_with_curve(target, MatteCurve(name, keys)))
    changes: dict[str, Any] = {name: curve.keys[0][1]}
    others = tuple(one for one in target.curves if one.name != name)
    return document.with_object(replace(target, matte=replace(target.matte, **changes), curves=others))


def copy_stack(document: Document, source: ObjectId, object_ids: Iterable[ObjectId]) -> Document:
    """Gives objects the matte of another one, with what changes over time."""
    origin = document.object(source)
    for object_id in object_ids:
        target = document.object(object_id)
        document = document.with_object(replace(target, matte=origin.matte, curves=origin.curves))
    return document


def set_joins(document: Document, object_id: ObjectId, joins: Iterable[MatteJoin]) -> Document:
    """Says which other objects go into the matte of an object, and how.

    Raises:
        MaskError: one of them is not in the document, or is the object itself.
    """
    joins = tuple(joins)
    target = document.object(object_id)
    for join in joins:
        if document.object(join.object_id) is target:
            raise MaskError(f"{target.name} cannot go into its own matte.", "Choose another object.")
    return document.with_object(replace(target, joins=joins))


def _with_curve(target: RotoObject, curve: MatteCurve) -> RotoObject:
    curves = {one.name: one for one in target.curves} | {curve.name: curve}
    return replace(target, curves=tuple(curves[name] for name in KEYED_NUMBERS if name in curves))
