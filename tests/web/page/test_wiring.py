"""How handlers are connected to events."""

import app


def test_the_server_is_asked_only_after_a_change():
    dependencies = app.build(app.Server()).config["dependencies"]
    changes = [d for d in dependencies if any(event == "change" for _, event in d["targets"])]
    assert changes
    assert not [d["id"] for d in changes if d["backend_fn"]]
    after = [d for d in dependencies if d["trigger_after"] in {d["id"] for d in changes}]
    assert after
    assert {d["trigger_mode"] for d in after} == {"always_last"}
