"""Errors on their way to a visitor: a sentence for what is wrong, an apology for all others."""

import contextlib
import logging
from collections.abc import Iterator

import gradio as gr

from nst import InputError
from nst.machine.run_out import has_run_out
from web.server.disk import FULL, is_full
from web.server.zerogpu import in_plain_words

log = logging.getLogger("nst.app")


class Refused(gr.Error):
    """An `InputError` as Gradio shows it; what it is about comes along, from ZeroGPU's process too.

    Attributes:
        subject, code: as the `InputError`'s.
    """

    subject = code = ""

    @classmethod
    def by(cls, error: Exception) -> "Refused":
        """What is shown for an error whose text is for people."""
        refused = cls(str(error), print_exception=False)
        refused.subject = getattr(error, "subject", "")
        refused.code = getattr(error, "code", "")
        return refused


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """What `nst` says of a run reaches the visitor; anything else as an apology, and the log."""
    try:
        yield
    except (InputError, FloatingPointError) as error:
        raise Refused.by(error) from error
    except Refused:
        raise
    except gr.Error as error:
        raise in_plain_words(error) from error
    except Exception as error:
        if is_full(error):
            log.warning("the disk is full")
            raise gr.Error(FULL, print_exception=False) from error
        if has_run_out(error):
            raise gr.Error(
                "Memory ran out: choose a smaller size.", print_exception=False
            ) from error
        log.exception("a run failed")
        raise gr.Error(
            "Something went wrong on the server, and the run was stopped. Please try again.",
            print_exception=False,
        ) from error
