"""One suite for every Target: the twin in memory and the fake behave as a real WordPress does."""

from __future__ import annotations

import io
import secrets
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from laboratory import Fake, start_fake
from PIL import Image

from wp_sync.errors import RejectedError
from wp_sync.model import Upload, User
from wp_sync.publish.discovery import discover
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress

USERS = (User(wp_id=1, slug="admin", name="admin"), User(wp_id=2, slug="editor", name="Editor"))
PAST = datetime(2026, 1, 5, 18, 30, 15, tzinfo=UTC)
NOWHERE = 987_654


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    """Start the fake of the fault laboratory, which must not drift away from the real thing."""
    with start_fake(tmp_path_factory.mktemp("fake") / "site.sqlite") as fake:
        yield fake


@pytest.fixture(params=["memory", "rest", "fake"])
def target(request: pytest.FixtureRequest) -> Target:
    """Give each test all kinds; the sites are shared, so its tests name their own things."""
    if request.param == "memory":
        return MemoryTarget(users=USERS)
    if request.param == "fake":
        stand_in: Fake = request.getfixturevalue("fake")
        found = discover(stand_in.url)
        return RestTarget(RestApi(found.root, "admin", stand_in.password), found)
    site: WordPress = request.getfixturevalue("wordpress")
    admin = site.users["admin"]
    root = discover(site.url)
    return RestTarget(RestApi(root.root, admin.login, admin.application_password), root)


def new_name() -> str:
    return f"a{secrets.token_hex(5)}"


def draft(**values: object) -> dict[str, Any]:
    return {"title": "Rain", "body": "<p>It rains.</p>", "slug": new_name(), **values}


def picture(name: str) -> Upload:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return Upload(
        content=file.getvalue(), mime="image/png", name=f"{name}.png", sha256="", alt="<a>"
    )


def test_login_is_named(target: Target) -> None:
    """Who we are, where, and what goes into the default category."""
    identity = target.identify()

    assert identity.login == "admin"
    assert identity.user_id == 1
    assert identity.home.endswith(identity.address)
    assert identity.default_category == 1
    assert "manage_categories" in identity.capabilities


def test_created_post_is_what_was_asked_for(target: Target) -> None:
    """Every field comes back in our own names, and reading it again gives the same."""
    category = target.create_term("categories", new_name(), 0)
    tags = [target.create_term("tags", new_name(), 0).wp_id for _ in range(2)]
    featured = target.upload(picture(new_name()))
    values = draft(
        excerpt="Wet.",
        date=PAST,
        status="publish",
        author=2,
        categories=(category.wp_id,),
        tags=tuple(tags),
        featured=featured,
        comments="closed",
    )

    made = target.create_post(values)

    expected = values | {"date": "2026-01-05T18:30:15", "tags": tuple(sorted(tags))}
    assert made.values == expected
    assert (made.slug, made.status) == (values["slug"], "publish")
    assert target.read_posts([made.wp_id]) == (made,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Piano \U0001f3b9 night", id="four-byte emoji"),
        pytest.param("Music & Piano", id="ampersand"),
        pytest.param("1 < 2 & 3 > 0", id="less and greater"),
        pytest.param("How to write &amp; in HTML", id="literal entity"),
        pytest.param("""It's "quoted\"""", id="quotes"),
        pytest.param(r"back\slash \\ \' \u0041", id="backslashes"),
        pytest.param("100%25 of 50%d %s", id="percent"),
        pytest.param("<b>bold</b> [gallery]", id="markup as text"),
        pytest.param("[a] [[b]] [/c] [ [\u2060d]", id="brackets"),
        pytest.param("&#91;a] &amp;#91;b] &#x5b;c] &\u2060#91;d]", id="entities of brackets"),
    ],
)
def test_text_survives(target: Target, text: str) -> None:
    """Titles are plain text; bodies are HTML and kept to the byte."""
    body = f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>"

    made = target.create_post(draft(title=text, body=body, excerpt=body))

    assert made.values["title"] == text
    assert made.values["body"] == body
    assert made.values["excerpt"] == body


def test_title_that_was_read_can_be_written_back(target: Target) -> None:
    """Taking a change back must not turn & into &amp; before everybody's eyes."""
    made = target.create_post(draft(title="Golf & Hockey <live>"))

    again = target.update_post(made.wp_id, {"title": made.values["title"]})

    assert again.values["title"] == "Golf & Hockey <live>"


def test_blanks_around_a_title_go(target: Target) -> None:
    """WordPress trims titles."""
    assert target.create_post(draft(title="  Rain ")).values["title"] == "Rain"


def test_post_without_category_gets_the_default_one(target: Target) -> None:
    """Leaving the field out is not the same as naming none."""
    assert target.create_post(draft()).values["categories"] == (1,)
    assert target.create_post(draft(categories=())).values["categories"] == ()


def test_unknown_ids_are_dropped_without_a_word(target: Target) -> None:
    """Only comparing tells that a category, tag or picture was left out."""
    made = target.create_post(draft(categories=(NOWHERE,), tags=(NOWHERE,), featured=NOWHERE))

    assert made.values["categories"] == ()
    assert made.values["tags"] == ()
    assert made.values["featured"] == 0


def test_unknown_picture_leaves_the_old_one(target: Target) -> None:
    """An id that is no upload changes nothing; 0 takes the picture away."""
    featured = target.upload(picture(new_name()))
    made = target.create_post(draft(featured=featured))

    assert target.update_post(made.wp_id, {"featured": NOWHERE}).values["featured"] == featured
    assert target.update_post(made.wp_id, {"featured": 0}).values["featured"] == 0


def test_taken_slug_is_numbered(target: Target) -> None:
    """Drafts and published posts share one set of slugs."""
    slug = new_name()

    slugs = [
        target.create_post(draft(slug=slug, status=status)).slug
        for status in ("draft", "publish", "draft")
    ]

    assert slugs == [slug, f"{slug}-2", f"{slug}-3"]


def test_slug_is_made_of_the_title_when_published(target: Target) -> None:
    """A draft may do without a slug."""
    title = f"Rain & {new_name()}"

    made = target.create_post({"title": title, "status": "draft"})
    published = target.update_post(made.wp_id, {"status": "publish"})

    assert made.slug == ""
    assert published.slug == title.lower().replace(" & ", "-")


def test_trashed_post_gives_its_slug_away_and_is_found_by_it(target: Target) -> None:
    """The slug of a trashed post is free again, and still leads to it."""
    values = draft(status="publish")
    made = target.create_post(values)

    trashed = target.trash_post(made.wp_id)
    again = target.create_post(values)

    assert (trashed.status, trashed.slug) == ("trash", f"{made.slug}__trashed")
    assert again.slug == made.slug
    found = target.find_posts([made.slug])
    assert {post.wp_id for post in found} == {made.wp_id, again.wp_id}
    assert target.read_posts([made.wp_id]) == (trashed,)


def test_trashing_twice_is_fine(target: Target) -> None:
    """An answer that was lost may be asked for again."""
    made = target.create_post(draft())

    assert target.trash_post(made.wp_id) == target.trash_post(made.wp_id)


def test_second_post_in_the_trash_is_numbered(target: Target) -> None:
    """Two posts that had the same slug one after the other lie in the trash under two."""
    values = draft(status="publish")

    slugs = [target.trash_post(target.create_post(values).wp_id).slug for _ in range(2)]

    assert slugs == [f"{values['slug']}__trashed", f"{values['slug']}__trashed-2"]


def test_draft_without_a_date_floats(target: Target) -> None:
    """Its date is the moment of its last change, until it is published."""
    made = target.create_post(draft(date=None, status="draft"))
    time.sleep(1.1)

    changed = target.update_post(made.wp_id, {"excerpt": "Wet."})

    assert changed.values["date"] > made.values["date"]


def test_draft_with_a_date_keeps_it(target: Target) -> None:
    """The source's date lasts through edits and approval."""
    made = target.create_post(draft(date=PAST, status="draft"))

    assert target.update_post(made.wp_id, {"title": "Sun"}).values["date"] == "2026-01-05T18:30:15"
    published = target.update_post(made.wp_id, {"status": "publish"})
    assert published.values["date"] == "2026-01-05T18:30:15"


def test_floating_draft_can_be_dated(target: Target) -> None:
    """Once given, the date stays."""
    made = target.create_post(draft(date=None, status="draft"))

    dated = target.update_post(made.wp_id, {"date": PAST})
    changed = target.update_post(made.wp_id, {"title": "Sun"})

    assert dated.values["date"] == changed.values["date"] == "2026-01-05T18:30:15"


def test_date_is_the_moment_and_not_its_spelling(target: Target) -> None:
    """Dates of any zone become UTC; a date that was read may be written back."""
    there = PAST.astimezone(timezone(timedelta(hours=-5)))

    made = target.create_post(draft(date=there))
    again = target.update_post(made.wp_id, {"date": made.values["date"]})

    assert made.values["date"] == again.values["date"] == "2026-01-05T18:30:15"


def test_publishing_with_a_date_to_come_waits(target: Target) -> None:
    """WordPress plans what is dated ahead."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert target.create_post(draft(date=tomorrow, status="publish")).status == "future"


def test_update_writes_the_given_fields_only(target: Target) -> None:
    """What is not named stays as an editor left it."""
    tag = target.create_term("tags", new_name(), 0).wp_id
    made = target.create_post(draft(date=PAST, tags=(tag,), excerpt="Wet."))

    changed = target.update_post(made.wp_id, {"title": "Sun"})

    assert changed.values == {**made.values, "title": "Sun"}


def test_posts_are_found_by_many_slugs(target: Target) -> None:
    """Hundreds of slugs are asked for in as many requests as addresses have room."""
    made = [target.create_post(draft(slug=f"{new_name()}-{'x' * 150}")) for _ in range(3)]
    strangers = [f"{new_name()}-{'y' * 150}" for _ in range(150)]

    found = target.find_posts([*strangers[:70], *(post.slug for post in made), *strangers[70:]])

    assert sorted(found, key=lambda post: post.wp_id) == made
    assert target.find_posts([]) == ()


def test_gone_posts_are_left_out(target: Target) -> None:
    """Reading by id tells what is there, in any status, from what is gone."""
    made = [target.create_post(draft(status=status)) for status in ("draft", "publish", "pending")]

    found = target.read_posts([NOWHERE, *(post.wp_id for post in made)])

    assert sorted(found, key=lambda post: post.wp_id) == made


def test_list_names_every_post(target: Target) -> None:
    """The list holds the trash too, and of the texts no more than the titles."""
    kept, gone = (target.create_post(draft()) for _ in range(2))
    target.trash_post(gone.wp_id)

    listed = {post.wp_id: post for post in target.list_posts()}

    assert listed[kept.wp_id].slug == kept.slug
    assert listed[gone.wp_id].status == "trash"
    assert set(listed[kept.wp_id].values) == {"title", "date", "guid", "keys"}
    assert listed[kept.wp_id].values["title"] == kept.values["title"]
    assert listed[kept.wp_id].values["date"] == kept.values["date"]


def test_list_begins_with_the_newest_and_ends_at_an_id(target: Target) -> None:
    """What was listed before is not asked for again."""
    first, second, third = (target.create_post(draft()).wp_id for _ in range(3))

    listed = target.list_posts(first)

    assert [post.wp_id for post in listed] == [third, second]
    assert target.list_posts(third) == ()


def test_posts_are_searched_by_what_is_in_their_texts(target: Target) -> None:
    """All words must be there, in any order; commas and leading signs mean nothing."""
    name = new_name()
    link = f'<p><a href="https://News.example/{name},x?b=2&amp;a=1">it</a></p>'
    made, other = (target.create_post(draft(body=body)) for body in (link, f"<p>{name}</p>"))
    trashed = target.trash_post(target.create_post(draft(body=link)).wp_id)

    found = target.search_posts(("a=1", f"news.example/{name},x"))
    among = target.search_posts((), [other.wp_id, made.wp_id, NOWHERE])

    assert sorted(found, key=lambda post: post.wp_id) == [made, trashed]
    assert sorted(among, key=lambda post: post.wp_id) == [made, other]
    assert target.search_posts((), ()) == ()


def test_term_is_made_once(target: Target) -> None:
    """The same name in another case is the same term, and an ampersand stays one."""
    name = f"Music & Piano {new_name()}"

    made = target.create_term("categories", name, 0)

    assert made.name == name
    assert target.create_term("categories", name.upper(), 0) == made
    assert made in target.read_terms("categories")


def test_term_names_are_plain_text(target: Target) -> None:
    """What looks like markup in a name is neither lost nor escaped twice."""
    name = f"R&B <live> [canary] &#91;canary] {new_name()}"

    made = target.create_term("tags", name, 0)

    assert made.name == name
    assert made.slug.isascii()
    assert "%" not in made.slug
    assert target.create_term("tags", name, 0) == made
    assert made in target.read_terms("tags")


def test_same_name_under_another_parent_is_another_term(target: Target) -> None:
    """A category is its path, not its name."""
    top = target.create_term("categories", new_name(), 0)
    name = new_name()

    first = target.create_term("categories", name, 0)
    second = target.create_term("categories", name, top.wp_id)

    assert (first.parent, second.parent) == (0, top.wp_id)
    assert first.wp_id != second.wp_id


def test_tags_have_no_parent(target: Target) -> None:
    """Tags and categories of one name are two terms."""
    name = new_name()

    assert target.create_term("tags", name, 0).parent == 0
    assert name not in {term.name for term in target.read_terms("categories")}


def test_authors_are_listed(target: Target) -> None:
    """Authors without posts are among them."""
    slugs = {user.slug: user.name for user in target.read_authors()}

    assert slugs["editor"] == "Editor"


def test_picture_is_found_by_its_name(target: Target) -> None:
    """After a lost answer the upload is looked for before it is repeated."""
    name = new_name()
    wp_id = target.upload(picture(name))

    found = target.find_media([f"{name}.png", f"{new_name()}.png"])

    assert found == {f"{name}.png": wp_id}


def test_first_of_two_equal_pictures_is_found(target: Target) -> None:
    """An upload that was made twice does not change which one is used."""
    upload = picture(new_name())
    first, second = target.upload(upload), target.upload(upload)

    assert first != second
    assert target.find_media([upload.name]) == {upload.name: first}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"title": "  "}, "empty_content", id="nothing to show"),
        pytest.param({"title": "Rain", "author": NOWHERE}, "rest_invalid_author", id="author"),
    ],
)
def test_bad_post_is_refused(target: Target, values: dict[str, Any], code: str) -> None:
    """WordPress's own code tells why."""
    with pytest.raises(RejectedError) as caught:
        target.create_post(values)

    assert caught.value.code == code


def test_writing_to_a_post_that_is_gone_is_refused(target: Target) -> None:
    """Updates and trashing both say so."""
    with pytest.raises(RejectedError) as updating:
        target.update_post(NOWHERE, {})
    with pytest.raises(RejectedError) as trashing:
        target.trash_post(NOWHERE)

    for caught in (updating, trashing):
        assert (caught.value.code, caught.value.status) == ("rest_post_invalid_id", 404)


@pytest.mark.parametrize(
    ("name", "parent", "code"),
    [
        pytest.param("", 0, "empty_term_name", id="no name"),
        pytest.param("Rain", NOWHERE, "rest_term_invalid", id="no such parent"),
    ],
)
def test_bad_term_is_refused(target: Target, name: str, parent: int, code: str) -> None:
    """A refusal is an answer, whatever WordPress's status says."""
    with pytest.raises(RejectedError) as caught:
        target.create_term("categories", name, parent)

    assert caught.value.code == code


def test_what_waits_is_read_whole(target: Target) -> None:
    """Drafts and pending posts with their values; nothing that is live or in the trash."""
    made = [target.create_post(draft(status=status)) for status in ("draft", "pending", "publish")]
    gone = target.trash_post(target.create_post(draft()).wp_id)

    waiting = {post.wp_id: post for post in target.read_waiting()}

    assert [post.wp_id in waiting for post in (*made, gone)] == [True, True, False, False]
    assert target.waiting_ids() == waiting.keys()
    assert waiting[made[0].wp_id].values["body"] == "<p>It rains.</p>"


def test_what_was_changed_is_found_by_its_time(target: Target) -> None:
    """An edit and a trash after the moment; not what was made before, dated in the past."""
    quiet, edited, trashed = (
        target.create_post(draft(status="publish", date=PAST)) for _ in range(3)
    )
    moment = datetime.now(UTC) - timedelta(minutes=5)
    target.update_post(edited.wp_id, {"title": "Sun"})
    target.trash_post(trashed.wp_id)

    changed = {post.wp_id: post for post in target.changed_since(moment)}
    later = {post.wp_id for post in target.changed_since(moment + timedelta(minutes=10))}

    ids = [post.wp_id for post in (quiet, edited, trashed)]
    assert [wp_id in changed for wp_id in ids] == [False, True, True]
    assert changed[edited.wp_id].values["title"] == "Sun"
    assert changed[trashed.wp_id].status == "trash"
    assert later.isdisjoint(ids)


def test_a_page_of_ours_is_made_once_and_found_by_its_slug(target: Target) -> None:
    """By its id, and when that is forgotten by its slug; always private at first."""
    slug = new_name()

    made = target.write_page(0, slug=slug, title="Waiting", body="<p>One.</p>")
    by_id = target.write_page(made.wp_id, slug=slug, title="Waiting", body="<p>Two.</p>")
    by_slug = target.write_page(0, slug=slug, title="Waiting", body="<p>Three.</p>")
    lost = target.write_page(NOWHERE, slug=f"{slug}-b", title="Waiting", body="<p>Four.</p>")

    assert made.status == "private"
    assert made.wp_id == by_id.wp_id == by_slug.wp_id
    assert lost.wp_id not in {made.wp_id, NOWHERE}
