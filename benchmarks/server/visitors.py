"""Visitors of a running app, over plain HTTP: they join its queue, watch, cancel, or vanish."""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

API = "/gradio_api"


class Endpoint:
    """A named endpoint of the app at an address: its number, and its parameters with defaults."""

    def __init__(self, url: str, name: str) -> None:
        config = httpx.get(f"{url}/config", timeout=30).json()
        self.number = next(d["id"] for d in config["dependencies"] if d["api_name"] == name)
        told = httpx.get(f"{url}{API}/info", timeout=30).json()
        self._defaults = {
            p["parameter_name"]: p.get("parameter_default")
            for p in told["named_endpoints"][f"/{name}"]["parameters"]
        }

    def data(self, values: dict[str, Any]) -> list[Any]:
        """The values of all parameters, in the endpoint's order."""
        assert values.keys() <= self._defaults.keys(), values.keys() - self._defaults.keys()
        return list((self._defaults | values).values())


class Visitor:
    """One page or program.

    Args:
        address: from which it seems to come, as a proxy on the server's machine would say.
    """

    def __init__(self, url: str, endpoint: Endpoint, address: str | None = None) -> None:
        self.session = secrets.token_hex(8)
        self._endpoint = endpoint
        headers = {"X-Forwarded-For": address} if address else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=60)

    def upload(self, path: Path) -> dict[str, Any]:
        """Send a file, and return what stands for it in a run's values."""
        with path.open("rb") as file:
            answer = self.http.post(f"{API}/upload", files={"files": (path.name, file)})
        answer.raise_for_status()
        return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}

    def start(self, values: dict[str, Any]) -> str:
        """Join the queue, and return the run's name there."""
        answer = self.http.post(
            f"{API}/queue/join",
            json={
                "data": self._endpoint.data(values),
                "fn_index": self._endpoint.number,
                "session_hash": self.session,
            },
        )
        answer.raise_for_status()
        return answer.json()["event_id"]

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the server says of this visitor's runs, until none is left.

        There can be one stream of them at a time; closing it is closing the page.
        """
        address = f"{API}/queue/data?session_hash={self.session}"
        with self.http.stream("GET", address) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    def cancel(self, event: str, session: str | None = None) -> None:
        """Press Stop."""
        body = {
            "event_id": event,
            "session_hash": session or self.session,
            "fn_index": self._endpoint.number,
        }
        self.http.post(f"{API}/cancel", json=body).raise_for_status()

    def outcome(
        self, event: str, messages: Iterator[dict[str, Any]] | None = None
    ) -> tuple[str, float | None]:
        """Watch a run to its end: "done" or the sentence of its error; when its first picture came.

        The first picture's time is `time.monotonic()`, or None.

        Args:
            messages: the stream, if it is open.
        """
        first = None
        for message in messages or self.messages():
            if message.get("event_id") != event:
                continue
            if message["msg"] == "process_generating" and first is None:
                first = time.monotonic()
            if message["msg"] == "process_completed":
                output = message["output"]
                return "done" if message["success"] else output.get("error") or "no words", first
        return "no answer", first
