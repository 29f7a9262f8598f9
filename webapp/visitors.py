"""Where a request comes from, as limits count it, and how much may be uploaded without an account."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from workflows.core import throttle
from workflows.core.tx import Tx

UPLOADS_PER_HOUR = 60
UPLOADS_TOGETHER = 1000  # an hour, of many lines with a few each; nobody fills the disk

ONE_LINE = 64
"""Bits of an IPv6 address that tell one line from another; who has the line may take any of the addresses in it."""


def line() -> str:
    """The visitor's address, of IPv6 the network it is from; what a proxy passed on that is no address, as it is."""
    told = request.remote_addr or ""
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if not isinstance(address, IPv6Address):
        return told
    return str(address.ipv4_mapped or ip_network((int(address), ONE_LINE), strict=False))


def count_upload(tx: Tx) -> None:
    """Count a form that brings files, for the line it comes from and all together; raises ``Throttled``."""
    throttle.hit(tx, f"upload:{line()}", UPLOADS_PER_HOUR, 3600)
    throttle.hit_together(tx, "upload", UPLOADS_TOGETHER, 3600)
