"""Our networks that look at single pictures. They follow no object, so they are not among `registry.NETWORKS`."""

from __future__ import annotations

from vosapp.models.spec import NetworkSpec, Task

MATTE_REFINER = NetworkSpec(
    name="matte-refiner",
    title="Matte refiner",
    task=Task.ONE_SHOT,
    strengths="hair, fur, motion blur and defocus at the edge of a mask",
    paper="our own",
    builder="vosapp.models.matte_refiner.network:build",
    parameters=282_894,
    speed="600 ms a 1080p frame on one core",
    memory_mb=200,
    licence="Apache-2.0, as the program.",
)

SELECT = NetworkSpec(
    name="select",
    title="Select",
    task=Task.ONE_SHOT,
    strengths="a mask from a click, a box or a stroke",
    paper="our own",
    builder="vosapp.models.select.network:build",
    parameters=3_745_093,
    speed="200 ms a click",
    memory_mb=300,
    licence="Apache-2.0, as the program; its backbone was learnt from ImageNet.",
)
