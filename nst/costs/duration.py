"""Seconds as people say them; nothing here loads torch."""


def duration(seconds: float) -> str:
    """Seconds for people: 9 s, 3 min, 1.5 h; in minutes only where rounding changes little."""
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
