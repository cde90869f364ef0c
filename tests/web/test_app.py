"""The app as a whole."""

import app


def test_the_page_is_not_part_of_the_api():
    config = app.build(app.Server()).config
    public = [d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "public"]
    assert sorted(public) == ["estimate", "info", "instant", "stylize", "video"]
