"""The page's look: paper and ink, and one warm colour."""

import gradio as gr

from web.page.html.static_files import static

SHEETS = ("style.css", "places.css", "keeping.css", "shelf.css")
SERIF = ("Iowan Old Style", "Palatino Linotype", "Palatino", "Georgia", "serif")
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")


def theme() -> gr.themes.Base:
    """Gradio's plain theme in the page's colours; fonts are the visitor's own, none is fetched."""
    return gr.themes.Base(
        primary_hue="orange",
        secondary_hue="stone",
        neutral_hue="stone",
        radius_size="lg",
        font=SANS,
    ).set(
        body_background_fill="*neutral_50",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_border_width="1px",
        block_shadow="none",
        block_title_text_color="*body_text_color",
        block_title_text_weight="600",
        block_label_text_color="*neutral_600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        color_accent="*primary_700",
        slider_color="*primary_700",
        slider_color_dark="*primary_500",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
    )


def css() -> str:
    """The page's style sheet."""
    return f":root {{--nst-serif: {', '.join(SERIF)}}}\n{static(*SHEETS)}"
