"""The look: a warm paper, a dark ink, one ember accent, one type scale, system fonts.

Knows no tab: the rules that Gradio's variables cannot express are in `style.css`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.themes.utils.colors import Color
from gradio.themes.utils.sizes import Size

SANS = (
    "system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK SC", "Noto Sans SC", "sans-serif",
)  # fmt: skip
MONO = ("ui-monospace", "Cascadia Mono", "Consolas", "Noto Sans Mono CJK SC", "monospace")

EMBER = Color(
    name="ember", c50="#fdf3ec", c100="#fae3d4", c200="#f3c6aa", c300="#eba47c", c400="#e58a5c", c500="#cb6436",
    c600="#b04f26", c700="#9c431d", c800="#7f3718", c900="#632c15", c950="#3a190c",
)  # fmt: skip
PAPER = Color(
    name="paper", c50="#fbf8f3", c100="#f4efe7", c200="#e7dfd3", c300="#d3c8b9", c400="#a59988", c500="#7d7264",
    c600="#61574b", c700="#4a4239", c800="#332d27", c900="#262220", c950="#1b1816",
)  # fmt: skip
SPACING = Size(name="space", xxs="2px", xs="4px", sm="6px", md="8px", lg="12px", xl="16px", xxl="24px")
RADIUS = Size(name="round", xxs="4px", xs="6px", sm="8px", md="10px", lg="12px", xl="16px", xxl="22px")
TEXT = Size(name="type", xxs="12px", xs="13px", sm="14px", md="16px", lg="17px", xl="21px", xxl="28px")


# Gradio's name for each place where the page shows a colour or a line, and what stands there (`_dark`: at night).
LOOK: dict[str, str] = {
    "body_background_fill": "#fbf8f3",
    "body_background_fill_dark": "#1b1816",
    "body_text_color": "#2b2622",
    "body_text_color_dark": "#efe8df",
    "body_text_color_subdued": "*neutral_600",
    "body_text_color_subdued_dark": "#b8ac9c",
    "background_fill_primary": "#ffffff",
    "background_fill_primary_dark": "#262220",
    "background_fill_secondary": "#f7f2ea",
    "background_fill_secondary_dark": "#2e2925",
    "border_color_primary": "#e2d9cb",
    "border_color_primary_dark": "#463e36",
    "border_color_accent": "*primary_600",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#262220",
    "block_border_width": "1px",
    "block_border_color": "#e2d9cb",
    "block_border_color_dark": "#463e36",
    "block_shadow": "none",
    "block_shadow_dark": "none",
    "block_label_background_fill": "transparent",
    "block_label_background_fill_dark": "transparent",
    "block_label_border_width": "0px",
    "block_label_text_color": "*neutral_700",
    "block_label_text_color_dark": "#d8cdbf",
    "block_label_text_size": "*text_sm",
    "block_title_text_color": "#2b2622",
    "block_title_text_color_dark": "#efe8df",
    "block_title_text_weight": "600",
    "block_title_text_size": "*text_sm",
    "block_info_text_color": "*neutral_600",
    "block_info_text_color_dark": "#b8ac9c",
    "block_info_text_size": "*text_xs",
    "block_padding": "16px",
    "block_radius": "*radius_lg",
    "layout_gap": "16px",
    "form_gap_width": "0px",
    "panel_background_fill": "transparent",
    "panel_background_fill_dark": "transparent",
    "panel_border_width": "0px",
    "color_accent": "*primary_600",
    "color_accent_soft": "*primary_50",
    "color_accent_soft_dark": "#3a2a20",
    "link_text_color": "*primary_700",
    "link_text_color_dark": "*primary_400",
    "link_text_color_hover": "*primary_800",
    "link_text_color_hover_dark": "*primary_300",
    "link_text_color_active": "*primary_700",
    "link_text_color_active_dark": "*primary_400",
    "link_text_color_visited": "*primary_700",
    "link_text_color_visited_dark": "*primary_400",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#1f1b19",
    "input_border_color": "#cfc3b2",
    "input_border_color_dark": "#5a5047",
    "input_border_color_focus": "*primary_600",
    "input_border_color_focus_dark": "*primary_400",
    "input_border_width": "1px",
    "input_placeholder_color": "*neutral_500",
    "input_placeholder_color_dark": "#9c907f",
    "input_radius": "*radius_sm",
    "input_shadow": "none",
    "input_shadow_focus": "0 0 0 3px rgb(176 79 38 / 18%)",
    "input_shadow_focus_dark": "0 0 0 3px rgb(229 138 92 / 25%)",
    "input_text_size": "*text_md",
    "button_border_width": "1px",
    "button_large_padding": "11px 22px",
    "button_large_radius": "*radius_md",
    "button_large_text_size": "*text_md",
    "button_large_text_weight": "600",
    "button_medium_padding": "9px 18px",
    "button_medium_radius": "*radius_md",
    "button_medium_text_size": "*text_md",
    "button_small_padding": "8px 14px",
    "button_small_radius": "*radius_sm",
    "button_small_text_size": "*text_sm",
    "button_primary_background_fill": "*primary_700",
    "button_primary_background_fill_hover": "*primary_800",
    "button_primary_background_fill_dark": "*primary_600",
    "button_primary_background_fill_hover_dark": "*primary_700",
    "button_primary_border_color": "*primary_700",
    "button_primary_border_color_dark": "*primary_600",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#ffffff",
    "button_primary_shadow": "none",
    "button_secondary_background_fill": "#ffffff",
    "button_secondary_background_fill_hover": "*neutral_100",
    "button_secondary_background_fill_dark": "#2e2925",
    "button_secondary_background_fill_hover_dark": "#3a342e",
    "button_secondary_border_color": "#cfc3b2",
    "button_secondary_border_color_dark": "#5a5047",
    "button_secondary_text_color": "#2b2622",
    "button_secondary_text_color_dark": "#efe8df",
    "button_secondary_shadow": "none",
    "button_cancel_background_fill": "#ffffff",
    "button_cancel_background_fill_hover": "#fdecea",
    "button_cancel_background_fill_dark": "#2e2925",
    "button_cancel_background_fill_hover_dark": "#4a2320",
    "button_cancel_border_color": "#a3261c",
    "button_cancel_border_color_dark": "#f2a69f",
    "button_cancel_text_color": "#a3261c",
    "button_cancel_text_color_dark": "#f2a69f",
    "checkbox_label_background_fill": "#ffffff",
    "checkbox_label_background_fill_hover": "*neutral_100",
    "checkbox_label_background_fill_dark": "#2e2925",
    "checkbox_label_background_fill_hover_dark": "#3a342e",
    "checkbox_label_background_fill_selected": "*primary_50",
    "checkbox_label_background_fill_selected_dark": "#3a2a20",
    "checkbox_label_border_color": "#cfc3b2",
    "checkbox_label_border_color_dark": "#5a5047",
    "checkbox_label_border_color_selected": "*primary_700",
    "checkbox_label_border_color_selected_dark": "*primary_400",
    "checkbox_label_text_color_selected": "*primary_800",
    "checkbox_label_text_color_selected_dark": "*primary_200",
    "checkbox_label_padding": "10px 16px",
    "checkbox_label_shadow": "none",
    "checkbox_border_color": "*neutral_500",
    "checkbox_border_color_selected": "*primary_700",
    "checkbox_background_color_selected": "*primary_700",
    "checkbox_background_color_selected_dark": "*primary_600",
    "slider_color": "*primary_700",
    "slider_color_dark": "*primary_400",
    "error_text_color": "#a3261c",
    "error_text_color_dark": "#f2a69f",
    "table_border_color": "#e2d9cb",
    "table_border_color_dark": "#463e36",
    "table_even_background_fill": "#ffffff",
    "table_even_background_fill_dark": "#262220",
    "table_odd_background_fill": "#fbf8f3",
    "table_odd_background_fill_dark": "#2a2522",
}


def theme() -> Any:
    look = gr.themes.Base(
        primary_hue=EMBER, secondary_hue=EMBER, neutral_hue=PAPER, font=SANS, font_mono=MONO,
        spacing_size=SPACING, radius_size=RADIUS, text_size=TEXT,
    )  # fmt: skip
    return look.set(**LOOK)
