"""Photos on disk: random names, whole or not there, and no way out of the root."""

import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from files import storage


@pytest.fixture(autouse=True)
def root(tmp_path, settings):
    settings.MULIN_MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def everything_in(directory):
    return sorted(path for path in directory.rglob("*") if not path.is_dir())


def test_what_was_written_is_read_back(root):
    name = storage.write(b"a photo")
    with storage.reading(name) as stored:
        assert stored.read() == b"a photo"
    assert everything_in(root) == [root / name]


def test_names_are_random_and_spread_over_directories():
    names = {storage.write(b"the same") for _ in range(20)}
    assert len(names) == 20
    assert all(storage.NAME.fullmatch(name) for name in names)
    assert len({name[:2] for name in names}) > 5


def test_only_the_owner_may_read(root):
    name = storage.write(b"x")
    assert stat.S_IMODE((root / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((root / name).parent.stat().st_mode) == 0o700


def test_a_deleted_photo_is_gone(root):
    name, other = storage.write(b"x"), storage.write(b"y")
    assert storage.delete(name) is True
    assert storage.delete(name) is False
    with pytest.raises(FileNotFoundError):
        storage.reading(name)
    assert everything_in(root) == [root / other]


GOOD = "ab/cd/abcd" + "0" * 28 + ".jpg"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "ab/cd/../../../x.jpg",
        "ab/ce/abcd" + "0" * 28 + ".jpg",
        GOOD.upper(),
        GOOD + "\n",
        GOOD + "\0",
        GOOD[:-4] + ".svg",
        GOOD[:-4],
        "./" + GOOD,
        GOOD.replace("/", "\\"),
        GOOD.replace("0" * 28, "\N{FULLWIDTH DIGIT ZERO}" * 28),
    ],
)
@pytest.mark.parametrize("operation", [storage.reading, storage.delete])
def test_no_other_text_is_a_name(name, operation):
    assert storage.NAME.fullmatch(GOOD)
    with pytest.raises(storage.NotAStoredName):
        operation(name)


def test_a_link_laid_in_the_store_is_not_followed(root, tmp_path):
    (tmp_path / "secret").write_text("secret")
    link = root / GOOD
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic link"):
        storage.reading(GOOD)


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failed_write_leaves_nothing_behind(root, monkeypatch, failing):
    storage.write(b"the directories exist already")
    monkeypatch.setattr(secrets, "token_hex", lambda size: "abcd" + "0" * 28)
    (root / "ab" / "cd").mkdir(parents=True)
    before = everything_in(root)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    monkeypatch.setattr(Path, failing, full, raising=False)
    with pytest.raises(OSError, match="No space"):
        storage.write(b"x")
    assert everything_in(root) == before


def test_the_name_appears_only_when_the_bytes_are_safe_on_disk(root, monkeypatch):
    steps = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(descriptor):
        directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("directory" if directory else "file")
        real_sync(descriptor)

    def rename(path, target):
        steps.append("rename")
        assert path.read_bytes() == b"x"
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    storage.write(b"x")
    assert steps[-3:] == ["file", "rename", "directory"]
    assert steps.count("directory") >= 4  # three new directories, each written down in its parent, and the name


def test_what_another_process_is_writing_is_left_alone(root, monkeypatch):
    monkeypatch.setattr(secrets, "token_hex", lambda size: "abcd" + "0" * 28)
    (root / GOOD).parent.mkdir(parents=True)
    (root / GOOD).with_suffix(".part").write_bytes(b"being written")
    with pytest.raises(FileExistsError):
        storage.write(b"x")
    assert everything_in(root) == [(root / GOOD).with_suffix(".part")]


def test_many_writers_do_not_hinder_one_another(root):
    with ThreadPoolExecutor(9) as pool:
        names = list(pool.map(lambda n: storage.write(str(n).encode()), range(90)))
    assert [(root / name).read_bytes() for name in names] == [str(n).encode() for n in range(90)]
    assert len(everything_in(root)) == 90


def test_old_photos_and_unfinished_ones_can_be_found(root):
    old, fresh = storage.write(b"old"), storage.write(b"fresh")
    half = (root / old).with_suffix(".part")
    half.write_bytes(b"ha")
    for path in (root / old, half):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (root / fresh).with_suffix(".part").write_bytes(b"being written")
    assert list(storage.names_older_than(3600)) == [old]
    assert set(storage.names_older_than(-1)) == {old, fresh}
    assert storage.remove_unfinished(3600) == 1
    assert not half.exists()
    assert (root / fresh).with_suffix(".part").exists()
