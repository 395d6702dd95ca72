"""Updates: what an editor saves at the same moment is restored; a rewritten text is no edit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from office import NOON, Office, changed, make_post

from wp_sync.errors import InDoubtError, RejectedError, UnreachableError

POST = make_post()


def test_a_save_between_read_and_write_is_restored(office: Office) -> None:
    """The other fields arrive; the field is the editor's from now on, and a conflict."""
    office.run(POST)
    office.save_first(title="An editor's")

    (outcome,) = office.run(changed(POST, "title", "body"))
    (later,) = office.run(replace(changed(POST, "title", "body"), title="Snow"))

    assert outcome.status == "updated"
    assert outcome.warning == (
        "an editor (user 1) saved at the same moment: their title was restored"
    )
    assert [one.field for one in outcome.conflicts or ()] == ["title"]
    assert (office.values(2)["title"], office.values(2)["body"]) == ("An editor's", "<p>Sun.</p>")
    assert later.status == "unchanged"
    assert later.reason.startswith("edited on the site and kept: title")


def test_a_save_of_all_that_we_write_leaves_nothing_of_ours(office: Office) -> None:
    """The run has then written nothing that could be undone."""
    office.run(POST)
    office.save_first(title="An editor's")

    (outcome,) = office.run(changed(POST, "title"))

    rows = office.ledger.history.writes(office.address, "run-1")
    assert (outcome.status, bool(outcome.warning)) == ("unchanged", True)
    assert [row.action for row in rows if row.action != "create"] == []
    assert office.values(2)["title"] == "An editor's"


def test_a_save_that_comes_after_our_write_needs_nothing(office: Office) -> None:
    """It replaced us, as it may."""
    office.run(POST)
    office.run(changed(POST, "body"))
    office.edit(2, title="An editor's")

    (outcome,) = office.run(replace(changed(POST, "body"), excerpt="Warm"))

    assert (outcome.status, outcome.warning) == ("updated", "")


def test_a_save_before_an_update_without_an_answer_is_restored_by_the_next(office: Office) -> None:
    """The run was cut after its write: nobody had looked what slipped between."""
    office.run(POST)
    office.run(changed(POST, "excerpt"))
    wanted = changed(POST, "excerpt", "title")
    office.save_first(title="An editor's")
    office.site.fail("update_post", InDoubtError("the line was cut"), after=True)

    (lost,) = office.run(wanted)
    landed = office.values(2)["title"]
    (outcome,) = office.run(wanted)

    assert (lost.status, landed) == ("failed", wanted.title)
    assert "their title was restored" in outcome.warning
    assert office.values(2)["title"] == "An editor's"


@pytest.mark.parametrize("error", [RejectedError("no"), InDoubtError("lost")])
def test_what_cannot_be_put_back_is_told(office: Office, error: Any) -> None:  # noqa: ANN401
    """It is in the revisions, and never taken for ours."""
    office.run(POST)
    office.save_first(title="An editor's")
    office.site.fail("update_post", None, error)

    (outcome,) = office.run(changed(POST, "title", "body"))
    (later,) = office.run(replace(POST, title="Snow", body="<p>Snow.</p>"))

    assert "their title could not be put back, and is in the post's revisions" in outcome.warning
    assert "edited on the site and kept: title" in later.reason


def at(office: Office, minutes: float) -> None:
    """Set the site's clock: so long after one."""
    office.site._now = lambda: NOON + timedelta(minutes=60 + minutes)  # noqa: SLF001


def test_a_locked_site_refuses_and_the_update_is_decided_anew(office: Office) -> None:
    """Nothing of the editor's is replaced, not for a moment."""
    office.site.locks = True
    office.run(POST)
    office.save_first(title="An editor's")
    save = office.site.watchers["update_post"]

    def save_and_wait() -> None:
        save()
        at(office, 1)

    office.site.watchers["update_post"] = save_and_wait

    (outcome,) = office.run(changed(POST, "title", "body"))

    assert [set(one) for one in office.site.writes("update_post")] == [{"title", "body"}, {"body"}]
    assert (outcome.status, outcome.warning) == ("updated", "")
    assert outcome.reason.startswith("changed: body; meanwhile edited on the site")
    assert office.values(2)["title"] == "An editor's"


def test_who_saves_again_and_again_is_left_alone(office: Office) -> None:
    """After three tries the next run takes it up."""
    office.site.locks = True
    minutes = iter(range(1, 30))

    def save() -> None:
        office.edit(2, tags=())
        at(office, next(minutes))

    office.run(POST)
    office.site.watchers["update_post"] = save
    (outcome,) = office.run(changed(POST, "title"))

    assert outcome.status == "failed"
    assert len(office.site.writes("update_post")) == 3
    assert office.values(2)["title"] == POST.title


def test_a_lock_that_knows_whole_seconds_is_used_when_it_sees(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save within the second of the last change would pass it: the update waits, and reads."""
    office.site.locks = True
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        at(office, (0.5 + seconds) / 60)

    monkeypatch.setattr("wp_sync.publish.updates.time.sleep", sleep)
    office.run(POST)
    office.edit(2, tags=())
    at(office, 0.5 / 60)

    (outcome,) = office.run(changed(POST, "title"))

    assert outcome.status == "updated"
    assert waits == [1.5]


def test_a_site_without_revisions_says_so_where_a_text_was_written(office: Office) -> None:
    """Terms leave none anyway."""
    office.site.keeps_revisions = False
    office.run(POST)

    (terms,) = office.run(changed(POST, "tags"))
    (text,) = office.run(changed(POST, "tags", "title"))

    assert (terms.unverified, text.unverified) == (False, True)


def test_revisions_that_are_not_shown_stop_no_update(office: Office) -> None:
    """A security plugin closes their route: the update is recorded, and not verified."""
    office.run(POST)
    office.run(changed(POST, "excerpt"))

    def refuse(*_: object, **__: object) -> None:
        raise RejectedError("closed")

    office.site.read_revisions = refuse  # type: ignore[assignment]
    (outcome,) = office.run(changed(POST, "excerpt", "title"))

    assert (outcome.status, outcome.unverified) == ("updated", True)
    assert office.run(changed(POST, "excerpt", "title"))[0].status == "unchanged"


def test_an_outage_after_our_write_is_looked_after_by_the_next_run(office: Office) -> None:
    """Nobody knows yet what slipped between; what did is restored then."""
    office.run(POST)
    office.run(changed(POST, "excerpt"))
    wanted, read = changed(POST, "excerpt", "title"), office.site.read_revisions
    office.save_first(title="An editor's")

    def fail(*_: object, **__: object) -> None:
        raise UnreachableError("no answer")

    office.site.read_revisions = fail  # type: ignore[assignment]
    with pytest.raises(UnreachableError):
        office.run(wanted)
    office.site.read_revisions = read  # type: ignore[method-assign]
    (outcome,) = office.run(wanted)

    assert "their title was restored" in outcome.warning
    assert office.values(2)["title"] == "An editor's"


def test_what_an_upgrade_rewrote_is_taken_as_it_is(office: Office) -> None:
    """It is no edit: the next change of the source arrives, whatever was written in between."""
    office.run(POST)
    there = office.site.posts[2]
    values = dict(there.values) | {"body": "as an upgrade gives it out"}
    office.site.posts[2] = replace(there, values=values)

    (first,) = office.run(changed(POST, "title"))
    at(office, 5)
    office.edit(2, tags=())
    (second,) = office.run(changed(POST, "title", "body"))

    assert [one.status for one in (first, second)] == ["updated", "updated"]
    assert office.values(2)["body"] == "<p>Sun.</p>"


def test_an_edit_beside_which_we_wrote_is_never_taken_for_an_upgrade(office: Office) -> None:
    """Since our own write moved the date of the last change, it tells nothing of that field."""
    office.run(POST)
    office.edit(2, title="An editor's")
    office.run(changed(POST, "body"))

    (outcome,) = office.run(changed(POST, "body", "title"))

    assert outcome.status == "unchanged"
    assert office.values(2)["title"] == "An editor's"


def test_an_edit_that_is_set_back_follows_the_source_again(office: Office) -> None:
    """And what an editor set to just what the source wants is no conflict."""
    office.run(POST)
    office.edit(2, title="An editor's", body="<p>Sun.</p>")
    (kept,) = office.run(changed(POST, "title", "body"))
    office.edit(2, title=POST.title)

    (outcome,) = office.run(changed(POST, "title", "body"))

    assert [one.field for one in kept.conflicts or ()] == ["title"]
    assert outcome.conflicts == ()
    assert office.values(2)["title"] == "Sun & < heat"
