"""Verify the hash chain of the record. Stands alone: needs psycopg2 and Python's own library, nothing of Mulin.

    python audit/verify.py postgresql://…            verify the record in a database
    python audit/verify.py URL --export record.txt   also write record and seals to a text file
    python audit/verify.py --file record.txt         verify such a file, without a database
    … --expect DIGEST                                also demand that this digest, kept elsewhere, is in the chain

Any role that may read `audit_entry` and `audit_seal` will do. Exit code 0: whole; 1: broken, the first broken link is named;
2: could not be read.

The chain: a seal covers all entries after the last entry of the seal before it, up to and with its own `last_id`. Its digest
is the SHA-256, in hex, over the previous digest (64 zeros for the first) and then, for each entry in order of id, a line
feed and the entry's canonical line: JSON with sorted keys, no blanks, times in UTC with six decimals, as UTF-8.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

START = "0" * 64
FIELDS = (
    "id",
    "area",
    "at",
    "actor_id",
    "actor_label",
    "action",
    "subject_type",
    "subject_id",
    "before",
    "after",
    "request_id",
    "address",
)
CHUNK = 2000


@dataclass(frozen=True)
class Link:
    """A seal, as it stands in the table."""

    first_id: int
    last_id: int
    entries: int
    digest: str
    sealed_at: str


class Broken(Exception):
    """The first place where chain and record do not agree."""


def canonical(row: Mapping[str, Any]) -> str:
    """One entry as the one line that is sealed."""
    plain = {name: row[name] for name in FIELDS}
    if isinstance(plain["at"], datetime):
        plain["at"] = plain["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    plain["address"] = None if plain["address"] is None else str(plain["address"])
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Digest:
    """The running digest of one link."""

    def __init__(self, previous: str) -> None:
        self._hash = hashlib.sha256(previous.encode())
        self.entries = 0

    def add(self, line: str) -> None:
        self._hash.update(b"\n" + line.encode("utf-8", "surrogatepass"))
        self.entries += 1

    def hex(self) -> str:
        return self._hash.hexdigest()


def verify(links: Iterable[Link], lines: Iterable[tuple[int, str]], *, expect: str = "") -> tuple[int, int, str]:
    """Walk chain and record side by side. `lines` are (id, canonical line) in order of id.

    Returns how many links and entries were verified, and the last digest; entries after the last seal are not judged.
    Raises Broken.
    """
    record = iter(lines)
    waiting = next(record, None)
    previous, last_id, sealed, count, digests = START, 0, 0, 0, {START}
    for count, link in enumerate(links, start=1):
        where = f"seal {count} of {link.sealed_at}, entries {link.first_id} to {link.last_id}"
        if not last_id < link.first_id <= link.last_id:
            raise Broken(f"{where}: does not follow the seal before it, which ends with entry {last_id}")
        digest, first = Digest(previous), None
        while waiting is not None and waiting[0] <= link.last_id:
            first = waiting[0] if first is None else first
            digest.add(waiting[1])
            waiting = next(record, None)
        if digest.entries != link.entries or first != link.first_id:
            raise Broken(f"{where}: {link.entries} entries were sealed, {digest.entries} are there now, from {first}")
        if digest.hex() != link.digest:
            raise Broken(f"{where}: an entry, or a seal before this one, is not what was sealed")
        previous, last_id, sealed = link.digest, link.last_id, sealed + digest.entries
        digests.add(previous)
    if expect and expect not in digests:
        raise Broken(f"the digest {expect} is nowhere in the chain: seals have been removed or made anew")
    return count, sealed, previous


class Database:
    """The record in a database, read in one consistent view."""

    def __init__(self, url: str) -> None:
        import psycopg2

        self.connection = psycopg2.connect(url)
        self.connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mulin.scope', '{(,)}', false)")

    def links(self) -> list[Link]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT first_id, last_id, entries, digest, sealed_at FROM audit_seal ORDER BY last_id, id")
            return [
                Link(first, last, entries, digest, sealed_at.astimezone(UTC).isoformat())
                for first, last, entries, digest, sealed_at in cursor.fetchall()
            ]

    def lines(self) -> Iterator[tuple[int, str]]:
        with self.connection.cursor(name="record") as cursor:
            cursor.itersize = CHUNK
            cursor.execute(f"SELECT {', '.join(FIELDS)} FROM audit_entry ORDER BY id")  # noqa: S608  names from this module
            for row in cursor:
                entry = dict(zip(FIELDS, row, strict=True))
                yield entry["id"], canonical(entry)


class File:
    """The record as it was exported: a line `seal {json}` for each seal, then a line `entry {json}` for each entry."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _marked(self, mark: str) -> Iterator[str]:
        with self.path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
            for line in lines:
                kind, _, rest = line.rstrip("\n").partition(" ")
                if kind == mark:
                    yield rest

    def links(self) -> list[Link]:
        return [Link(**json.loads(rest)) for rest in self._marked("seal")]

    def lines(self) -> Iterator[tuple[int, str]]:
        for rest in self._marked("entry"):
            yield int(json.loads(rest)["id"]), rest


def export(source: Database, path: Path) -> None:
    """Write seals and record to a text file that `--file` verifies."""
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as out:
        for link in source.links():
            out.write(f"seal {json.dumps(link.__dict__, sort_keys=True)}\n")
        for _id, line in source.lines():
            out.write(f"entry {line}\n")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify the hash chain of the record.")
    parser.add_argument("url", nargs="?", help="database URL")
    parser.add_argument("--file", type=Path, help="verify an exported text file instead")
    parser.add_argument("--export", type=Path, help="write record and seals to this text file")
    parser.add_argument("--expect", default="", help="a digest that must be in the chain")
    options = parser.parse_args(arguments)
    if bool(options.url) == bool(options.file):
        parser.error("give either a database URL or --file")
    try:
        source = File(options.file) if options.file else Database(options.url)
        if options.export and isinstance(source, Database):
            export(source, options.export)
        links, entries, digest = verify(source.links(), source.lines(), expect=options.expect)
    except Broken as broken:
        sys.stdout.write(f"BROKEN: {broken}\n")
        return 1
    except Exception as problem:
        sys.stderr.write(f"could not be read: {type(problem).__name__}: {problem}\n")
        return 2
    sys.stdout.write(f"whole: {links} seals over {entries} entries, last digest {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
