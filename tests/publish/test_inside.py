"""Pictures in texts: uploaded once a content, no reason to wait, never shown from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.publish.media import Inside, Ready

if TYPE_CHECKING:
    from office import Office

URL = "https://news.example/inside.jpg"
BODY = f'<p>It rains.</p>\n<figure><img src="{URL}"></figure>\n<p>On.</p>'
BARE = "<p>It rains.</p>\n<p>On.</p>"
POST = make_post(body=BODY)


def body_of(office: Office, wp_id: int | None) -> str:
    return str(office.values(wp_id or 0)["body"])


def test_picture_of_a_text_is_uploaded_once(office: Office) -> None:
    """Whichever text it stands in, and be it another's featured image."""
    twin = make_post(2, body=BODY.replace("inside", "same"))
    office.served["https://news.example/same.jpg"] = URL.encode()

    outcomes = office.run(POST, twin)

    assert [one.reason for one in outcomes] == ["new", "new"]
    assert len(office.site.writes("upload")) == 3
    for outcome in outcomes:
        assert "news.example" not in body_of(office, outcome.wp_id)
        assert 'class="wp-image-2"' in body_of(office, outcome.wp_id)
    assert [one.reason for one in office.run(POST, twin)] == ["unchanged"] * 2


def test_missing_picture_is_left_out_and_comes_later(office: Office) -> None:
    """The text has no trace of it; when it is there, the text alone is written."""
    office.served[URL] = None
    (first,) = office.run(POST)
    bare = body_of(office, first.wp_id)
    (still,) = office.run(POST)
    del office.served[URL]

    (later,) = office.run(POST)

    assert (first.status, first.again) == ("created", True)
    assert first.reason == "new; without a picture of its text: the source has it no more"
    assert bare == BARE
    assert (still.status, still.again) == ("unchanged", True)
    assert (later.status, later.reason, later.again) == (
        "updated",
        "changed: body",
        False,
    )
    assert "wp-image-" in body_of(office, first.wp_id)
    assert office.run(POST)[0].reason == "unchanged"


def test_featured_image_that_comes_late_leaves_the_text(office: Office) -> None:
    """Themes show it above: until it was there, the text showed what is the same picture."""
    (inside,) = office.files([POST])[POST.key].inside.values()
    office.at_hand[POST.key] = Ready(None, "without picture: 503", {URL: inside}, again=True)
    (first,) = office.run(POST)
    shown = body_of(office, first.wp_id)
    (still,) = office.run(POST)
    office.at_hand[POST.key] = Ready(inside.upload, inside={})

    (later,) = office.run(POST)

    assert (first.again, still.status, still.again) == (True, "unchanged", True)
    assert "wp-image-" in shown
    assert later.reason == "changed: body, featured"
    assert body_of(office, first.wp_id) == BARE
    assert office.run(POST)[0].reason == "unchanged"


@pytest.mark.parametrize("call", ["upload", "find_media"])
def test_refused_picture_is_left_out(office: Office, call: str) -> None:
    """The article goes without it, and says so."""
    post = replace(POST, pictures=())
    office.site.fail(call, RejectedError("WordPress answered 400: no", status=400))

    (outcome,) = office.run(post)

    assert outcome.status == "created"
    assert "without a picture of its text: WordPress answered 400: no" in outcome.reason
    assert body_of(office, outcome.wp_id) == BARE


def test_a_refused_question_is_asked_again(office: Office) -> None:
    """A firewall's one refusal must not cost a text its pictures for good."""
    post = replace(POST, pictures=())
    office.site.fail("find_media", RejectedError("WordPress answered 403: no", status=403))
    (first,) = office.run(post)

    (later,) = office.run(post)

    assert (first.status, first.again) == ("created", True)
    assert (later.status, later.again) == ("updated", False)
    assert "wp-image-" in body_of(office, first.wp_id)


def test_a_correction_that_is_taken_back_leaves_the_site(office: Office) -> None:
    """It was written without its picture: what was sent before it is on the site no more."""
    first = replace(POST, body=BARE)
    (made,) = office.run(first)
    office.served[URL] = None
    office.run(replace(POST, body=BODY.replace("It rains", "It snows")))
    wrong = body_of(office, made.wp_id)

    (back,) = office.run(first)

    assert "It snows" in wrong
    assert back.status == "updated"
    assert body_of(office, made.wp_id) == BARE


def test_a_text_that_the_site_writes_its_own_way_is_left_alone(office: Office) -> None:
    """Its filters end tags as XML does; each try for the missing picture would write it again."""
    other = "https://news.example/other.jpg"
    office.served[other] = None
    block = '<!-- wp:image -->\n<figure class="wp-block-image"><img src="{}"/></figure>\n{}'
    images = (block.format(url, "<!-- /wp:image -->") for url in (URL, other))
    post = replace(POST, body="\n\n".join(images))
    (made,) = office.run(post)
    stored = body_of(office, made.wp_id)
    office.halve(made.wp_id or 0, body=stored.replace('"/>', '" />'))

    (again,) = office.run(post)

    assert '"/>' in stored
    assert (again.status, again.again) == ("unchanged", True)


def test_upload_in_doubt_is_found_for_the_text(office: Office) -> None:
    """As for featured images: it rests, is looked for, and is not made twice."""
    post = replace(POST, pictures=())
    office.site.fail("upload", InDoubtError("the line was cut"), after=True)
    (first,) = office.run(post)

    assert (first.status, first.again) == ("created", False)
    assert "wp-image-" in body_of(office, first.wp_id)
    assert len(office.site.writes("upload")) == 1


def test_picture_that_was_deleted_from_the_library_is_sent_again(office: Office) -> None:
    """The ledger's id leads nowhere: readers would see a hole."""
    post = replace(POST, pictures=())
    office.run(post)
    office.site.media.clear()
    office.site._uploads.clear()  # noqa: SLF001 (an admin's hand)

    (outcome,) = office.run(replace(post, body=BODY.replace("On", "And on")))

    assert outcome.status == "updated"
    assert len(office.site.writes("upload")) == 2
    assert f"wp-image-{max(office.site._uploads)}" in body_of(office, outcome.wp_id)  # noqa: SLF001


def test_editors_text_is_not_written_over(office: Office) -> None:
    """A picture that an editor took out, or put in, is their text."""
    (made,) = office.run(POST)
    wp_id = made.wp_id or 0
    office.edit(wp_id, body=body_of(office, wp_id).replace("<p>On.</p>", "<p>Mine.</p>"))

    (outcome,) = office.run(replace(POST, body=BODY.replace("On.", "New.")))

    assert "edited on the site and kept: body" in outcome.reason
    assert "Mine." in body_of(office, wp_id)


def test_lost_ledger_knows_the_text_again(office: Office) -> None:
    """Our own pictures in it have other addresses than the source's, and are no edit."""
    (made,) = office.run(POST)
    office.lose_ledger()
    (known,) = office.run(POST)

    (outcome,) = office.run(replace(POST, body=BODY.replace("On.", "New.")))

    assert known.status == "unchanged"
    assert outcome.status == "updated"
    assert "New." in body_of(office, made.wp_id)
    assert len(office.site.writes("upload")) == 2


def test_makeshift_picture_gives_way_to_the_real_one(office: Office) -> None:
    """A channel's own picture is better than none, and not for good."""
    own = make_post(9).pictures[0]
    ready = office.files([replace(POST, pictures=(own,))])[POST.key]
    office.at_hand[POST.key] = Ready(ready.upload, makeshift=True)
    post = replace(POST, body="<p>It rains.</p>")
    (first,) = office.run(post)
    (still,) = office.run(post)
    office.at_hand.clear()

    (later,) = office.run(post)

    assert (first.again, still.again, still.status) == (True, True, "unchanged")
    assert (later.status, later.again) == ("updated", False)
    assert len(office.site.writes("update_post")) == 1


def test_kind_that_the_site_refuses_is_remembered(office: Office) -> None:
    """The next try is JPEG, which every WordPress takes."""
    code = "rest_upload_image_type_not_supported"
    office.site.fail("upload", RejectedError("no", code=code, status=400))
    upload = office.files([POST])[POST.key].upload
    assert upload
    webp = replace(upload, mime="image/webp")
    office.at_hand[POST.key] = Ready(webp, inside={URL: Inside(None)})

    (outcome,) = office.run(POST)

    assert (outcome.status, outcome.again) == ("created", True)
    assert office.ledger.meta.get(f"refused type:image/webp:{office.address}")
