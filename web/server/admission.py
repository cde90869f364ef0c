"""Admission to Gradio's queue: who is let in, who is refused, and who is forgotten.

Gradio's own queue refuses in words of its own, and counts every click of every page."""

import asyncio
import ipaddress
import itertools
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import gradio as gr

from web.server import limits
from web.server.gradio_private import (
    Event,
    ProcessCompletedMessage,
    Queue,
    error_payload,
    event_id,
    queue_of,
)

PAINTING = "painting"
"""The queue of the runs."""
INSTANT = "instant"
"""The queue of the instant paintings, beside it; other events are quick, and wait for nothing."""
FULL = "The queue is full"
"""The title of that error, by which programs know it."""
PREVIEWS = "previews"
"""The queue of those who see their photograph in every style: an instant painting does not wait for
two dozen small ones."""
CLIPS = "clips"
"""The queue of the films, one at a time: between two frames others have their turn."""
USUAL_SECONDS = {PAINTING: 10, INSTANT: 1, PREVIEWS: 5, CLIPS: 60}
"""Of a run in each, before there was one."""
POLL_SECONDS, PROGRESS_SECONDS = 0.02, 1.0
"""How often Gradio looks for events that may begin, and for progress of a kind that nothing here
reports. It would do both a thousand and a hundred times a second, and slow a run down by it."""
ANALYTICS = 20
"""Events that Gradio makes statistics of, each time that one ends; nothing shows them."""


def limit(page: gr.Blocks) -> None:
    """Give a page its queue, with these bounds."""
    # With api_open, programs could post to a run's address past the queue.
    page.queue(max_size=limits.EVENTS, default_concurrency_limit=1, api_open=False)
    queue = queue_of(page)
    queue.ANALYTICS_MAX_EVENTS = ANALYTICS
    queue.sleep_when_free = POLL_SECONDS
    queue.progress_update_sleep_when_free = PROGRESS_SECONDS
    queue.push = partial(_push, queue, queue.push)


async def _push(
    queue: Queue,
    let_in: Callable[..., Awaitable[Any]],
    body: Any,  # noqa: ANN401 - Gradio's
    request: Any,  # noqa: ANN401
    username: str | None,
) -> tuple[bool, Any, str]:
    """Let a run into the queue, or have it fail at once, with a sentence.

    The sentence is the answer of a run: that way it reaches pages and programs alike. The HTTP
    status of a full queue would be put into Gradio's own words.
    """
    tidy(queue)
    fn = queue.blocks.fns.get(body.fn_index)
    if fn is not None and fn.concurrency_id in USUAL_SECONDS:
        event = Event(body.session_hash, fn, request, username)
        error = refusal(event, queue)
        # A crowd that does not fetch its answers gets no more of them.
        if error and len(queue.pending_event_ids_session) < limits.UNFETCHED:
            _fail(event, error, queue)
            return True, event_id(event), "success"
        if error:
            return False, error.message, "queue_full"
    return await let_in(body=body, request=request, username=username)


async def withdraw(page: gr.Blocks, session: str | None) -> bool:
    """Take what a page's session has waiting out of the runs' queue; whether there was any."""
    queue = queue_of(page)
    runs = queue.event_queue_per_concurrency_id.get(PAINTING)
    theirs = [run for run in runs.queue if run.session_hash == session] if runs else []
    for event in theirs:
        await take_out(event, queue)
    return bool(theirs)


async def take_out(event: Event, queue: Queue) -> None:
    """Take an event that waits out of the queue; who asked for it keeps what is shown."""
    await queue.remove_from_queue(event_id(event))
    # With nothing as its answer, Gradio's page has the run fail.
    unchanged = {"data": [gr.skip() for _ in event.fn.outputs], "is_generating": False}
    queue.send_message(event, ProcessCompletedMessage(output=unchanged, success=True))


def tidy(queue: Queue) -> None:
    """Forget whose answers were fetched, or given up; keep those of the runs.

    Gradio keeps the names of events of every visitor there ever was, and the answers of those 2,000
    that came last, even if the run of an earlier one still goes on.
    """
    answers, events = queue.pending_messages_per_session, queue.pending_event_ids_session
    under_way = queue.event_ids_to_events.keys()
    for session, names in list(events.items()):
        if not names or (session not in answers and names.isdisjoint(under_way)):
            del events[session]
    runs = (_runs(queue, group) for group in USUAL_SECONDS)
    for run in itertools.chain.from_iterable(itertools.chain(*runs)):
        if run.session_hash in answers:
            answers.move_to_end(run.session_hash)


def refusal(event: Event, queue: Queue) -> gr.Error | None:
    """Why a run is not let in, if it is not."""
    waiting, painted = _runs(queue, event.concurrency_id)
    others = [*waiting, *painted]
    theirs = sum(_of_one_session(event, other) for other in others)
    if theirs >= limits.PLACES:
        sentence = f"You have {theirs} runs in the queue: wait until one ends, or stop it."
        return gr.Error(sentence, title="Too many runs")
    near = sum(_of_one_address(event, other) for other in others)
    if near >= limits.ADDRESS_PLACES:
        sentence = f"There are {near} runs from your network in the queue: wait until one ends."
        return gr.Error(sentence, title="Too many runs")
    if len(waiting) >= limits.QUEUE_LENGTH:
        seconds = _seconds_to_a_place(queue, event.concurrency_id)
        return gr.Error(f"{FULL}, try again in about {seconds} s.", title=FULL)
    return None


def _runs(queue: Queue, group: str) -> tuple[list[Event], list[Event]]:
    """The runs of a queue that wait, and those that are painted."""
    runs = queue.event_queue_per_concurrency_id.get(group)
    painted = (event for job in queue.active_jobs if job for event in job)
    return (
        runs.queue if runs else [],
        [event for event in painted if event.concurrency_id == group and event.alive],
    )


def _of_one_session(one: Event, other: Event) -> bool:
    """Whether two runs are of the same page or program.

    Tools (MCP) all come through one client of the server's own, and are told apart by nothing.
    """
    tool = one.request.headers.get("x-gradio-user") == "mcp"
    return one.session_hash == other.session_hash and not tool


def _of_one_address(one: Event, other: Event) -> bool:
    """Whether two runs come from the same public address, behind which a whole school may be.

    Behind private addresses, those of proxies, are all visitors.
    """
    addresses = [event.request.client and event.request.client.host for event in (one, other)]
    return addresses[0] == addresses[1] and _is_public(addresses[0])


def _is_public(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_global
    except ValueError:
        return False


def _seconds_to_a_place(queue: Queue, group: str) -> int:
    """When the run that is painted is likely to end."""
    times = [t for fn, t in queue.process_time_per_fn.items() if fn.concurrency_id == group]
    count = sum(t.count for t in times)
    usual = sum(t.process_time for t in times) / count if count else USUAL_SECONDS[group]
    now = time.time()
    running = queue.event_queue_per_concurrency_id[group].start_times_per_fn.values()
    gone = now - min((start for starts in running for start in starts), default=now)
    return max(1, round(max(usual - gone, usual / 4)))


def _fail(event: Event, error: gr.Error, queue: Queue) -> None:
    """Have an event fail before it waits: as Gradio has those succeed whose answer it has."""
    session = event.session_hash
    if session not in queue.pending_messages_per_session:
        queue.pending_messages_per_session[session] = asyncio.Queue()
    queue.pending_event_ids_session.setdefault(session, set()).add(event_id(event))
    output = error_payload(error, False)
    queue.send_message(
        event, ProcessCompletedMessage(output=output, title=error.title, success=False)
    )
