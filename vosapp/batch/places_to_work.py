"""What the words of `--on` mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vosapp.batch.settings import Limits
from vosapp.batch.workers import Inline, Workers
from vosapp.core.errors import UserError


def workers_on(place: str, limits: Limits) -> Callable[[], Workers]:
    """What makes the workers of a place; called when the batch may begin.

    Args:
        place: "local", "ray", "ray://HOST:PORT", or "inline" for the calling thread.
        limits: their budget.

    Raises:
        UserError: there is no such place, or it cannot be had here.
    """
    if place == "local":
        from vosapp.batch.local_workers import LocalWorkers

        return partial(LocalWorkers, limits)
    if place == "ray" or place.startswith("ray://"):
        from vosapp.batch.ray_workers import RayWorkers, require_ray

        require_ray()
        return partial(RayWorkers, place, limits)
    if place == "inline":
        return Inline
    raise UserError(f'There is no place "{place}" to work.', "Say --on local, --on ray or --on ray://HOST:PORT.")
