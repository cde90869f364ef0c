"""How handlers are connected to events: by the names of what they change; none is part of the API.

A handler answers with a dictionary of values and updates by name, of only what is to change.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial, wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any

import gradio as gr

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE = {**PRIVATE, "queue": False}
"""Of handlers that refuse nothing: what they raise begins `failure`, and is not shown."""
AT_ONCE_OR_SAID = {**PRIVATE, "concurrency_limit": None}
"""Of handlers whose refusal is shown by Gradio, as of everything that goes through its queue."""


def scroll(to: str = "'nst-result'") -> str:
    """JavaScript that brings a part of the page into view, where it is a narrow one.

    Of a visit whose photograph or painting is missing nothing moves: that is said beside its place.

    Args:
        to: the part's id, as an expression of JavaScript; nothing moves where there is none.
    """
    return f"""(...values) => {{
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (matchMedia('(max-width: 768px)').matches && !values.slice(1, 3).includes(null))
        document.getElementById({to})?.scrollIntoView({{behavior: still ? 'auto' : 'smooth'}});
      return values;
    }}"""


def change_of(*components: Any) -> Callable[..., Any]:  # noqa: ANN401 - Gradio's
    """The event that one of these has another value; a handler still busy is called again after.

    Of a handler that was busy at a `change`, Gradio fires the whole event again, for all of them:
    two that are connected to it directly can keep each other busy, and the page asking, for ever.
    A step after the event is called again by itself.
    """
    changes = [component.change for component in components]
    return partial(gr.on(changes, None, js="() => []", **AT_ONCE).then, trigger_mode="always_last")


def sent(event: gr.EventData, name: str) -> object:
    """What a page sent with an event; None for what it did not, or if it was no page."""
    try:
        return getattr(event, name, None)
    except TypeError:  # nothing was sent at all
        return None


def on(
    event: Callable[..., Any],
    handler: Callable[..., Any],
    named: dict[str, Any],
    changes: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - Gradio's
) -> Any:  # noqa: ANN401 - Gradio's dependency
    """Connect a handler that answers with a dictionary of some of the `changes`, by name."""

    def values(answer: dict[str, Any]) -> Any:  # noqa: ANN401
        assert answer.keys() <= set(changes), answer.keys()
        listed = [answer.get(name, gr.skip()) for name in changes]
        return listed if len(listed) > 1 else listed[0]  # of one, Gradio takes a list for its value

    @wraps(handler)
    def once(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return values(handler(*args, **kwargs))

    @wraps(handler)
    def streaming(*args: Any, **kwargs: Any) -> Iterator[Any]:  # noqa: ANN401
        for answer in handler(*args, **kwargs):
            yield values(answer)

    @wraps(handler)
    async def following(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        async for answer in handler(*args, **kwargs):
            yield values(answer)

    @wraps(handler)
    async def later(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return values(await handler(*args, **kwargs))

    kinds = ((isgeneratorfunction, streaming), (isasyncgenfunction, following))
    kinds += ((iscoroutinefunction, later),)
    function = next((made for is_of, made in kinds if is_of(handler)), once)
    return event(function, outputs=[named[name] for name in changes], **options)
