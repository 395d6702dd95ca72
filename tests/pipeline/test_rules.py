"""What has held and dropped items judged anew: rules that may decide otherwise, no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import Desk
from oracle import Oracle, open_oracle, says
from press import Kiosk, Story, rss

from wp_sync.config import load_config
from wp_sync.pipeline.saved import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress

CHANNELS = {
    "golf": 'about = "golf, golfer"\n[post]\nstatus = "publish"\n',
    "hockey": 'about = "hockey, puck"\n[post]\nstatus = "publish"\n',
}
TEXT = "<p>The harbour of the town opened again on Sunday after a long winter of repairs.</p>"
MODEL = '[assistant]\nurl = "https://models.example/v1"\nmodel = "m1"\n'


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    """Open a model that finds every article to be about hockey."""
    with open_oracle(says({"channel": "hockey"})) as opened:
        yield opened


def rules(folder: Path, more: str = "") -> str:
    desk = Desk(directory=folder, site="https://example.test")
    source = '[[sources]]\nname = "Wire"\nfeeds = ["https://wire.example/rss"]\n'
    desk.write(f'{source}to = ["golf", "hockey"]\n', more, **CHANNELS)
    return rules_of(load_config(folder / "config.toml"))


@pytest.mark.parametrize(
    ("more", "same"),
    [
        pytest.param(MODEL, "same", id="the same"),
        pytest.param(MODEL + "requests_per_run = 7\n", "same", id="what it may cost"),
        pytest.param(MODEL.replace("models.", "other."), "same", id="its address"),
        pytest.param(MODEL + 'key_file = "key"\n', "same", id="its key"),
        pytest.param(MODEL + 'uses = ["channel"]\n', "same", id="what decides nothing"),
        pytest.param(MODEL.replace("m1", "m2"), "other", id="another model"),
        pytest.param(MODEL + 'uses = ["tags"]\n', "other", id="not asked for channels"),
        pytest.param("", "other", id="none"),
    ],
)
def test_only_a_model_that_may_decide_otherwise_is_another_rule(
    more: str, same: str, tmp_path: Path
) -> None:
    """A changed budget, address or key judges nothing anew."""
    (tmp_path / "key").write_text("sk-1")
    (tmp_path / "key").chmod(0o600)
    is_same = rules(tmp_path, MODEL) == rules(tmp_path, more)

    assert is_same is (same == "same")


def test_a_model_without_channels_is_no_rule(tmp_path: Path) -> None:
    """It decides nothing: the rules are those without it."""
    assert rules(tmp_path) == rules(tmp_path, MODEL + 'uses = ["excerpt", "tags"]\n')


def test_a_model_that_is_switched_on_judges_what_is_held_once(
    kiosk: Kiosk, oracle: Oracle, site: WordPress, tmp_path: Path
) -> None:
    """What no channel fitted becomes a draft; later runs judge and ask nothing."""
    desk = Desk(
        directory=tmp_path, site=site.url, password=site.users["editor"].application_password
    )
    kiosk.put("/feed", rss(Story(number=1, title="Harbour opens", body=TEXT)))
    source = kiosk.source().replace('to = ["news"]', 'to = ["golf", "hockey"]')
    desk.write(source, **CHANNELS)
    held = [desk.sync("--allow", "all"), desk.sync()]
    section = f'[assistant]\nurl = "{oracle.url}"\nmodel = "m1"\nuses = ["channel"]\n'
    desk.write(source, section, **CHANNELS)

    on = desk.sync()
    asked = len(oracle.asked)
    later = [desk.sync(), desk.sync()]

    assert [one.totals for one in held] == [{"held": 1}, {}]
    assert on.totals == {"created": 1}, on.envelope["data"]["outcomes"]
    (row,) = site.sql("SELECT post_status FROM wp_posts WHERE post_title = 'Harbour opens'")
    assert row["post_status"] == "draft"
    assert asked == 1
    assert [one.totals for one in later] == [{}, {}]
    assert len(oracle.asked) == asked
