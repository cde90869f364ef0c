"""Pictures from web addresses that callers send: public, small and quick ones only.

Every address is resolved here, and the connection goes to the very address that was checked, after
each redirect again: a name that points to a private network now or a moment later gets nowhere.
"""

import asyncio
import ipaddress
import secrets
import socket
from pathlib import Path

import httpx
from safehttpx import AsyncSecureTransport

from nst import InputError

MOST_SECONDS = 5.0
"""For everything: names, redirects, the picture."""
MOST_MEGABYTES = 32
MOST_REDIRECTS = 3
PORTS = {None: "the scheme's own", 80: "http", 443: "https"}
REFUSED = "The picture's web address cannot be used: "


async def fetch(url: str, folder: Path) -> Path:
    """Fetch a picture into a new folder under `folder`, and return its file.

    Raises:
        InputError: the address is not a public one, does not answer with a file, or not soon
            enough, or the file is too large.
    """
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await _follow(httpx.URL(url), folder)
    except TimeoutError as error:
        raise InputError(f"{REFUSED}it took longer than {MOST_SECONDS:g} seconds.") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{REFUSED}there was no answer.") from error


async def _follow(url: httpx.URL, folder: Path) -> Path:
    for _ in range(MOST_REDIRECTS + 1):
        transport = AsyncSecureTransport(await public_address(url))
        async with (
            httpx.AsyncClient(transport=transport, timeout=MOST_SECONDS) as client,
            client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            if answer.has_redirect_location:
                url = url.join(answer.headers["Location"])
                continue
            if answer.status_code != 200:
                raise InputError(f"{REFUSED}it answers with the status {answer.status_code}.")
            return await _saved(answer, folder)
    raise InputError(f"{REFUSED}it leads to more than {MOST_REDIRECTS} others.")


async def _saved(answer: httpx.Response, folder: Path) -> Path:
    # A name of its own for each: no visitor is handed what another one has fetched.
    path = folder / secrets.token_hex(32) / "picture"
    path.parent.mkdir(parents=True)
    size = 0
    with path.open("wb") as file:
        async for part in answer.aiter_raw():
            size += len(part)
            if size > MOST_MEGABYTES * 10**6:
                path.unlink()
                raise InputError(f"{REFUSED}a file may have {MOST_MEGABYTES} MB at most.")
            file.write(part)
    return path


async def public_address(url: httpx.URL) -> str:
    """The address that a URL's host has, if it is a public one.

    Raises:
        InputError: it is not, or the URL is for another protocol or port.
    """
    if url.scheme not in ("http", "https") or url.port not in PORTS or not url.host:
        raise InputError(f"{REFUSED}it must begin with http:// or https://, without a port.")
    found = await asyncio.get_running_loop().getaddrinfo(url.host, None, type=socket.SOCK_STREAM)
    addresses = [entry[4][0] for entry in found]
    # One private address among public ones is a trick: all of them have to be public.
    if not addresses or not all(is_public(address) for address in addresses):
        raise InputError(f"{REFUSED}it is not a public one.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, with no private one inside it.

    Shared (100.64.0.0/10), 6to4, NAT64, mapped, Teredo and multicast addresses are not.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if ip.version == 4:
        return ip not in SIX_TO_FOUR_RELAYS
    return ip in GLOBAL_UNICAST and ip.sixtofour is None and ip.teredo is None


SIX_TO_FOUR_RELAYS = ipaddress.ip_network("192.88.99.0/24")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
