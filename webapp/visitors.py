"""Where a request comes from, as limits count it."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

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
