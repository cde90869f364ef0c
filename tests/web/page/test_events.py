"""What is asked of the queue when a run is stopped."""

import asyncio
import secrets
from types import SimpleNamespace

from tests.served import PAINTING, SERVICES
from web.page import events


def test_a_stop_takes_out_what_comes_into_the_queue_after_it(monkeypatch):
    key, asked = secrets.token_hex(16), []

    async def withdraw(page, session):
        asked.append(session)
        return len(asked) == 3  # its request has come by then

    monkeypatch.setattr(events, "withdraw", withdraw)
    PAINTING.begin(key, "photograph", "painting")
    stop = events.stop_in(None, PAINTING)
    said = asyncio.run(stop(key, SimpleNamespace(session_hash="of the page")))
    assert asked == ["of the page"] * 3 and "Stopped" in said["bar"]
    assert not SERVICES.visits.find(key).waits
    asyncio.run(stop(key, SimpleNamespace(session_hash="of the page")))
    assert len(asked) == 4  # nothing was asked for: nothing is waited for
