"""A saved plan: what is read is what was written, and nothing else is taken for one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.errors import PlanFileError
from wp_sync.model import (
    Adopt,
    Create,
    Ended,
    Entry,
    ItemKey,
    NewTerm,
    Picture,
    Post,
    Receipt,
    SavedPlan,
    Seen,
    SitePost,
    Skip,
    Update,
)
from wp_sync.review.plan_file import read_plan, write_plan

# Lone surrogates too: some feeds have them, and JSON can hold them.
texts = st.text(max_size=12) | st.sampled_from(["\ud800x", "\0", "“”", "\u2028"])
moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
keys = st.builds(ItemKey, texts, texts)
hashes = st.dictionaries(texts, texts, max_size=3)
doubts = st.dictionaries(texts, st.lists(texts, max_size=2).map(tuple), max_size=2)
names = st.lists(texts, max_size=3).map(tuple)
numbers = st.integers(0, 10**9)
values = st.dictionaries(
    texts, texts | numbers | st.lists(numbers, max_size=3).map(tuple) | hashes, max_size=4
)
posts = st.builds(
    Post,
    key=keys,
    source_url=texts,
    channel=texts,
    title=texts,
    body=texts,
    excerpt=texts,
    slug=texts,
    mark=texts,
    status=st.sampled_from(["draft", "pending", "publish"]),
    date=st.none() | moments,
    author=texts,
    categories=st.lists(names, max_size=2).map(tuple),
    tags=names,
    pictures=st.lists(st.builds(Picture, url=texts, alt=texts), max_size=2).map(tuple),
    comments=st.sampled_from(["open", "closed", ""]),
    fields=hashes,
    doubt=texts,
    approved=st.booleans(),
    published=st.none() | moments,
)
receipts = st.builds(
    Receipt,
    key=keys,
    wp_id=numbers,
    channel=texts,
    link=texts,
    sent=hashes,
    stored=hashes,
    pending=doubts,
    modified=texts,
    status=texts,
    doubt=texts,
)
site_posts = st.builds(
    SitePost, wp_id=numbers, slug=texts, status=texts, link=texts, modified=texts, values=values
)
changes = (
    st.builds(Create, post=posts, reason=texts)
    | st.builds(Update, post=posts, wp_id=numbers, fields=names, receipt=receipts, reason=texts)
    | st.builds(Adopt, post=posts, found=site_posts, doubtful=st.booleans(), reason=texts)
    | st.builds(
        Skip,
        key=keys,
        reason=texts,
        status=st.sampled_from(["unchanged", "held", "dropped"]),
        wp_id=st.none() | numbers,
        title=texts,
        url=texts,
    )
)
seen = st.builds(Seen, status=texts, modified=texts, hashes=hashes)
plans = st.builds(
    SavedPlan,
    site=texts,
    made=moments,
    rules=texts,
    entries=st.lists(
        st.builds(Entry, change=changes, item=texts, seen=st.none() | seen), max_size=3
    ).map(tuple),
    new_terms=st.lists(
        st.builds(
            NewTerm, taxonomy=st.sampled_from(["categories", "tags"]), path=names, near=texts
        ),
        max_size=2,
    ).map(tuple),
    ended=st.lists(
        st.builds(
            Ended,
            key=keys,
            wp_id=numbers,
            how=st.sampled_from(["draft", "trash"]),
            title=texts,
            url=texts,
        ),
        max_size=2,
    ).map(tuple),
)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
POST = Post(
    key=ItemKey("https://news.example/feed", "1"),
    source_url="https://news.example/1",
    channel="news",
    title="Rain",
    body="<p>It rains.</p>",
    excerpt="",
    slug="rain-abcdef",
    mark="abcdef",
    status="publish",
    date=NOON,
)
PLAN = SavedPlan(
    site="example.news",
    made=NOON,
    rules="abc",
    entries=(Entry(change=Create(post=POST, reason="new"), item="def"),),
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(plans)
def test_a_plan_is_read_as_it_was_written(saved: SavedPlan) -> None:
    """Every kind of change with every field, whatever signs a feed has; the file is UTF-8."""
    assert read_plan(write_plan(saved).encode().decode()) == saved


def test_a_person_can_read_a_plan() -> None:
    """One value a line, in the order of the model, and nothing that is as ever."""
    lines = write_plan(PLAN).splitlines()

    assert ' "site": "example.news",' in lines
    assert '     "title": "Rain",' in lines
    assert not any("author" in line for line in lines)


def altered(**values: Any) -> str:  # noqa: ANN401
    return json.dumps(json.loads(write_plan(PLAN)) | values)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "no plan of wp-sync", id="an empty file"),
        pytest.param("[]", "no plan of wp-sync", id="another file"),
        pytest.param(write_plan(PLAN)[:-40], "no plan of wp-sync", id="half a file"),
        pytest.param("[" * 100_000, "no plan of wp-sync", id="a file made to break the reader"),
        pytest.param(altered(wp_sync_plan=2), "version 2", id="another version"),
        pytest.param(altered(site="other.news"), "changed by hand", id="another site"),
        pytest.param(altered(more=1), "changed by hand", id="one value more"),
        pytest.param(altered(digest="0"), "changed by hand", id="another digest"),
        pytest.param(
            write_plan(PLAN).replace('"Rain"', '"Sun"'), "changed by hand", id="another title"
        ),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(text: str, told: str) -> None:
    """Whole: what a person saw is carried out, or nothing."""
    with pytest.raises(PlanFileError, match=told) as refusal:
        read_plan(text)

    assert "plan --out" in refusal.value.cure


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda body: body.pop("made"), id="a value is missing"),
        pytest.param(lambda body: body.update(made="2026-05-04T12:00:00"), id="a naive moment"),
        pytest.param(lambda body: body.update(entries={}), id="a mapping for a list"),
        pytest.param(lambda body: body["entries"][0].update(item=3), id="a number for a text"),
        pytest.param(
            lambda body: body["entries"][0]["change"].update(action="trash"), id="a trash"
        ),
        pytest.param(
            lambda body: body["entries"][0]["change"]["post"].update(status="future"),
            id="a status that no plan has",
        ),
    ],
)
def test_what_no_wp_sync_writes_is_refused(alter: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    """A digest that fits proves nothing: another version of wp-sync may have made it."""
    monkeypatch.setattr("wp_sync.review.plan_file._digest", lambda _: "d")
    body = json.loads(write_plan(PLAN))
    alter(body)

    with pytest.raises(PlanFileError, match="no wp-sync writes"):
        read_plan(json.dumps(body))
