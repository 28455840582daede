"""Published files become weights of ours: every layout, and every way in which a file can be bad."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.models import tiny
from vosapp.core.errors import Cancelled, WeightsError
from vosapp.models import checkpoints, importing, loading, weights
from vosapp.models.importing import import_weights
from vosapp.models.spec import NetworkSpec

Save = Callable[..., Path]


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def know(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces the networks that are known."""

    def replace(*specs: NetworkSpec) -> None:
        monkeypatch.setattr(importing, "NETWORKS", specs)
        monkeypatch.setattr(checkpoints, "NETWORKS", specs)
        monkeypatch.setattr(importing, "network", lambda name: next(s for s in specs if s.name == name))

    replace(tiny.spec())
    return replace


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a checkpoint, in torch's old format where asked, and returns its path."""

    def write(content: Any, name: str = "tiny.pth", *, old: bool = False) -> Path:
        torch.save(content, tmp_path / name, _use_new_zipfile_serialization=not old)
        return tmp_path / name

    return write


def _prefixed(prefix: str) -> dict[str, torch.Tensor]:
    return {prefix + key: value for key, value in tiny.state().items()}


def _assert_imported(spec: NetworkSpec) -> None:
    loaded = loading.load_spec(spec).state_dict()
    for key, value in tiny.state().items():
        assert torch.equal(loaded[key], value), key


@pytest.mark.parametrize("old", [False, True])
def test_a_plain_state_dict(know: Callable[..., None], save: Save, data_dir: Path, old: bool) -> None:
    found = import_weights([save(tiny.state(), old=old)])
    assert found.path == data_dir / "weights" / "tiny.safetensors"
    assert found.note is not None
    assert found.note.licence == "For tests only."
    assert [source.name for source in found.note.sources] == ["tiny.pth"]
    weights.verify_weights(found)
    _assert_imported(tiny.spec())


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_an_import_that_is_given_up_leaves_nothing(
    know: Callable[..., None], save: Save, data_dir: Path, steps: int
) -> None:
    left = [steps]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_weights([save(tiny.state())], check=check)
    assert not list(data_dir.rglob("*"))


def test_a_wrapped_and_prefixed_state_dict_beside_an_optimizer(know: Callable[..., None], save: Save) -> None:
    know(tiny.spec(container=("model",), prefix="net."))
    content = {"epoch": 3, "model": _prefixed("module.net."), "optimizer": {"state": {0: torch.zeros(3)}}}
    import_weights([save(content)])
    _assert_imported(tiny.spec())


def test_sections_side_by_side_in_one_file(know: Callable[..., None], save: Save) -> None:
    know(tiny.spec(sections=("encoder", "decoder")))
    state = tiny.state()
    content = {
        name: {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(name)}
        for name in ("encoder", "decoder")
    }
    import_weights([save(content)])
    _assert_imported(tiny.spec())


@pytest.mark.parametrize("packing", ["files", "reversed", "zip", "folder"])
def test_a_file_for_each_section(know: Callable[..., None], save: Save, tmp_path: Path, packing: str) -> None:
    know(tiny.spec(sections=("encoder", "decoder"), files=("encoder.pt", "decoder.pt"), unused=("fc_stop",)))
    folder = tmp_path / "model"
    folder.mkdir()
    state = tiny.state()
    paths = []
    for name in ("encoder", "decoder"):
        part = {f"module.{k.removeprefix(f'{name}.')}": v for k, v in state.items() if k.startswith(name)}
        part |= {"module.fc_stop.weight": torch.zeros(2)} if name == "decoder" else {}
        paths.append(save(part, f"model/{name}.pt", old=True))
    (folder / "args.pkl").write_bytes(pickle.dumps({"not": "opened"}))
    if packing == "zip":
        with zipfile.ZipFile(tmp_path / "model.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, f"model/{path.name}")
        paths = [tmp_path / "model.zip"]
    import_weights({"reversed": paths[::-1], "folder": [folder]}.get(packing, paths))
    _assert_imported(tiny.spec())


def test_one_half_of_two_files_is_refused_with_the_name_of_the_other(know: Callable[..., None], save: Save) -> None:
    know(tiny.spec(sections=("encoder", "decoder"), files=("encoder.pt", "decoder.pt")))
    part = {k.removeprefix("encoder."): v for k, v in tiny.state().items() if k.startswith("encoder")}
    with pytest.raises(WeightsError, match=r"decoder\.out\.weight.*encoder\.pt and decoder\.pt together"):
        import_weights([save(part, "encoder.pt")], name="tiny")


def test_the_shape_of_one_layer_tells_two_networks_apart(know: Callable[..., None], save: Save) -> None:
    know(tiny.spec("tiny-five", 5), tiny.spec("tiny-four", 4))
    found = import_weights([save(tiny.state(4))])
    assert found.note is not None
    assert found.note.network == "tiny-four"


def test_counters_that_old_files_lack_are_filled_in(know: Callable[..., None], save: Save) -> None:
    import_weights([save({k: v for k, v in tiny.state().items() if "num_batches" not in k})])
    _assert_imported(tiny.spec())


def test_half_precision_and_shared_memory_become_plain_float32(know: Callable[..., None], save: Save) -> None:
    state = tiny.state()
    state["encoder.1.bias"] = state["encoder.1.running_mean"] = torch.zeros(8)[::2]
    state["encoder.0.weight"] = state["encoder.0.weight"].half()
    import_weights([save(state)])
    loaded = loading.load_spec(tiny.spec()).state_dict()
    assert {value.dtype for key, value in loaded.items() if "num_batches" not in key} == {torch.float32}


def test_weights_that_are_there_are_replaced_only_when_asked(know: Callable[..., None], save: Save) -> None:
    path = save(tiny.state())
    import_weights([path])
    with pytest.raises(WeightsError, match="already has weights"):
        import_weights([path])
    import_weights([path], replace=True)


def test_missing_entries_are_named(know: Callable[..., None], save: Save) -> None:
    state = tiny.state()
    del state["encoder.1.running_var"]
    with pytest.raises(WeightsError, match=r"needs one entry that .* not there: encoder\.1\.running_var\."):
        import_weights([save(state)])


def test_entries_too_many_are_named(know: Callable[..., None], save: Save) -> None:
    with pytest.raises(WeightsError, match=r"no place for one entry: extra\.weight"):
        import_weights([save({**tiny.state(), "extra.weight": torch.zeros(2)})])


def test_entries_of_the_wrong_shape_are_named(know: Callable[..., None], save: Save) -> None:
    state = {**tiny.state(), "encoder.1.bias": torch.zeros(5)}
    with pytest.raises(WeightsError, match=r"encoder\.1\.bias is \[5\] instead of \[4\]"):
        import_weights([save(state)])


@pytest.mark.parametrize("dtype", [torch.int64, torch.complex64, torch.bool])
def test_entries_of_the_wrong_type_are_named(know: Callable[..., None], save: Save, dtype: torch.dtype) -> None:
    state = {**tiny.state(), "encoder.1.bias": torch.zeros(4, dtype=dtype)}
    with pytest.raises(WeightsError, match=r"encoder\.1\.bias has the type"):
        import_weights([save(state)])


def test_values_that_are_not_numbers_are_refused(know: Callable[..., None], save: Save) -> None:
    state = {**tiny.state(), "encoder.1.bias": torch.full((4,), float("nan"))}
    with pytest.raises(WeightsError, match=r"encoder\.1\.bias holds values that are not numbers"):
        import_weights([save(state)])


def test_a_huge_tensor_is_refused_before_it_takes_memory(know: Callable[..., None], save: Save) -> None:
    state = {**tiny.state(), "encoder.1.bias": torch.zeros(1).expand(2**40)}
    with pytest.raises(WeightsError, match="wrong shape"):
        import_weights([save(state)])


def test_a_file_of_another_network_is_answered_with_the_known_ones(know: Callable[..., None], save: Save) -> None:
    path = save({"features.0.weight": torch.zeros(2)})
    with pytest.raises(WeightsError, match=r"these are no weights of Tiny"):
        import_weights([path])
    know(tiny.spec("one"), tiny.spec("two"))
    with pytest.raises(WeightsError, match=r"no weights of a network that vosapp knows.*one, two"):
        import_weights([path])


class _Harmful:
    """Would make a folder when unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("old", [False, True])
def test_code_in_a_file_is_named_and_never_run(
    know: Callable[..., None], save: Save, tmp_path: Path, old: bool
) -> None:
    path = save({"net": tiny.state(), "stats": _Harmful(tmp_path / "harm")}, old=old)
    with pytest.raises(WeightsError, match=r"holds code \((posix|nt)\.mkdir\).*none of it was run"):
        import_weights([path])
    assert not (tmp_path / "harm").exists()


def _record_class(module: str, name: str) -> type:
    """A class that pickles as module.name, as the authors' own classes do."""
    return type(name, (), {"__module__": module, "__qualname__": name, "__reduce_ex__": _reduce_plainly})


def _reduce_plainly(self: Any, _protocol: int) -> tuple[Any, ...]:
    import copyreg

    return copyreg.__newobj__, (type(self),), dict(self.__dict__)  # type: ignore[attr-defined]


def _save_with_record(path: Path, cls: type, monkeypatch: pytest.MonkeyPatch) -> Path:
    import sys
    import types

    outer = types.ModuleType(cls.__module__.partition(".")[0])
    inner = types.ModuleType(cls.__module__)
    setattr(inner, cls.__name__, cls)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, outer.__name__, outer)
        patch.setitem(sys.modules, inner.__name__, inner)
        record = cls()
        record.val = 0.5
        torch.save({"net": tiny.state(), "stats": {"loss": record}}, path, _use_new_zipfile_serialization=False)
    return path


def test_exactly_the_one_plain_class_is_let_through(
    know: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(tiny.spec(container=("net",), plain_classes=("utils.stats.AverageMeter",)))
    meter = _record_class("utils.stats", "AverageMeter")
    import_weights([_save_with_record(tmp_path / "tiny.pth", meter, monkeypatch)])
    _assert_imported(tiny.spec())
    other = _record_class("utils.stats", "OtherMeter")
    with pytest.raises(WeightsError, match=r"holds code \(utils\.stats\.OtherMeter\)"):
        import_weights([_save_with_record(tmp_path / "other.pth", other, monkeypatch)], replace=True)


def test_a_zip_that_grows_is_refused(know: Callable[..., None], save: Save, tmp_path: Path) -> None:
    source = save({"weight": torch.zeros(2**23)})
    bomb = tmp_path / "bomb.pth"
    with zipfile.ZipFile(source) as stored, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in stored.infolist():
            packed.writestr(member.filename, stored.read(member))
    with pytest.raises(WeightsError, match="unpacks to more"):
        import_weights([bomb])
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("tiny.pth", bytes(2**25))
    with pytest.raises(WeightsError, match="unpacks to more"):
        import_weights([archive])


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"PK\x03\x04 nor a zip", pickle.dumps([1, 2])])
def test_what_is_no_weights_file_is_refused(know: Callable[..., None], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tiny.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"tiny\.pth"):
        import_weights([path])


def test_a_file_that_is_not_there(know: Callable[..., None], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="There is no file"):
        import_weights([tmp_path / "nothing.pth"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.booleans(), cut=st.floats(0, 0.999), flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255))))
def test_a_damaged_file_is_refused_or_was_not_harmed(
    know: Callable[..., None], tmp_path: Path, old: bool, cut: float, flips: list[tuple[float, int]]
) -> None:
    buffer = io.BytesIO()
    torch.save(tiny.state(), buffer, _use_new_zipfile_serialization=not old)
    data = bytearray(buffer.getvalue())
    for place, flip in flips:
        data[int(place * len(data))] ^= flip
    path = tmp_path / "tiny.pth"
    path.write_bytes(data if flips else data[: int(cut * len(data))])
    try:
        import_weights([path], replace=True)
    except WeightsError as error:
        assert "tiny" in str(error)
