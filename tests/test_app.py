"""The app as a whole: what it offers to programs."""

import app
from nst.settings import SPECS


def test_only_stylize_is_public():
    endpoints = app.build().get_api_info()["named_endpoints"]
    assert list(endpoints) == ["/stylize"]
    parameters = endpoints["/stylize"]["parameters"]
    expected = ["content", "style", *SPECS, "features"]
    assert [p["parameter_name"] for p in parameters] == expected
    for parameter in parameters[2:-1]:
        assert parameter["parameter_default"] == SPECS[parameter["parameter_name"]].default
