"""States of single objects as one batch, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

TOGETHER = 4  # objects that are computed at one time
Item = TypeVar("Item")
Tree = TypeVar("Tree")


def join(trees: Sequence[Tree]) -> Tree:
    """One tree of the shape of each, its tensors one behind the other along their first axis.

    Args:
        trees: at least one; tensors, None, or tuples (named ones too) of trees, all of the same shape.
    """
    first: Any = trees[0]
    if len(trees) == 1 or first is None:
        return trees[0]
    if isinstance(first, Tensor):
        return cast(Tree, torch.cat(cast(list[Tensor], list(trees))))
    levels: list[Any] = list(trees)
    rebuilt: Tree = _rebuilt(first, [join(parts) for parts in zip(*levels, strict=True)])
    return rebuilt


def split(tree: Tree, count: int) -> list[Tree]:
    """The trees of `count` objects in a batch, one object each."""
    value: Any = tree
    if value is None:
        return [tree] * count
    if isinstance(value, Tensor):
        return [cast(Tree, part) for part in torch.split(value, 1)]
    parts = [split(part, count) for part in value]
    return [_rebuilt(value, [part[index] for part in parts]) for index in range(count)]


def in_groups(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    listed = list(items)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def _rebuilt(like: Any, parts: list[Any]) -> Any:
    return type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)
