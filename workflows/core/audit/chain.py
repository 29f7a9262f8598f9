"""The arithmetic of the audit chain: keyed hashes and commitments, nothing else."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

GENESIS = bytes(32)
"""Stands before the first entry of a stream and the first seal."""

NOTHING = b""
"""The commitment of an entry without details."""


SEPARATOR = "\0"
"""Stands between the texts of an entry; none of them may contain it, so that no text can flow into its neighbour."""


def entry_mac(
    key: bytes,
    names: tuple[str, str, str, str],
    seq: int,
    at: datetime,
    commitment: bytes,
    previous: bytes,
) -> bytes:
    """The keyed hash of an entry: HMAC-SHA256 over all it says; ``names`` are stream, event, actor and object."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    texts = SEPARATOR.join(("lotse entry 1", *names, str(seq), moment, str(len(commitment)), ""))
    return hmac.digest(key, texts.encode() + commitment + previous, "sha256")


def seal_root(key: bytes, number: int, at: datetime, counts: tuple[int, int], heads: bytes, previous: bytes) -> bytes:
    """The root of a seal; ``counts`` are streams and entries, ``heads`` the digest of the heads new in this seal.

    Unchanged heads are covered through ``previous``, the root of the seal before, so that a root stands for all heads.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    texts = ("lotse seal 1", str(number), moment, str(counts[0]), str(counts[1]))
    return _mac(key, [*(text.encode() for text in texts), heads, previous])


class HeadsDigest:
    """The digest of heads added one by one, in the order of their streams."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, stream: str, seq: int, mac: bytes) -> None:
        """Add the head of one stream."""
        self._hash.update(_framed([stream.encode(), str(seq).encode(), mac]))

    def digest(self) -> bytes:
        """The digest of all heads added so far."""
        return self._hash.digest()


def new_salt() -> bytes:
    """Random bytes that keep a commitment from being guessed once its payload is erased."""
    return secrets.token_bytes(16)


def commitment(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 of salt and payload: tells nothing about the payload, yet binds to it."""
    return hashlib.sha256(salt + payload).digest()


def _mac(key: bytes, parts: list[bytes]) -> bytes:
    return hmac.digest(key, _framed(parts), "sha256")


def _framed(parts: list[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
