"""JavaScript by which the page knows that a run that failed was stopped by a click.

A stopped run fails in the browser before the server has answered the click: nothing that the server
says can tell it from a run that did not get in.
"""

import json

STOP = "nst-stop"
"""The id of the button."""
WATCH = f"""() => {{
  document.addEventListener('click', event => {{
    if (event.target.closest('#{STOP}')) window.nstStopped = true;
  }}, true);
  return [];
}}"""
"""To be run once, on a page that has loaded."""


def begun(script: str) -> str:
    """A script for a run that begins, which forgets the last one's stop."""
    return f"(...values) => {{ window.nstStopped = false; return ({script})(...values); }}"


def said(stopped: str) -> str:
    """A script that hands on what the bar says, or what it says of a stop, if there was one."""
    return f"bar => [window.nstStopped ? {json.dumps(stopped)} : bar]"
