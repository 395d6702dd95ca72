"""One suite for every Upkeep: what uses a term or an upload, and what is left when it goes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from targets import new_name

from wp_sync.model import Discard, Upload
from wp_sync.publish.discovery import discover
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.memory_upkeep import MemoryUpkeep
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.rest_upkeep import RestUpkeep
from wp_sync.publish.upkeep import Uses

if TYPE_CHECKING:
    from wp_sync.publish.target import Target
    from wp_sync.publish.upkeep import Upkeep
    from wp_sync.sandbox.wordpress import WordPress


@dataclass(frozen=True, kw_only=True)
class House:
    """A site, as it is published to and looked after; by an editor, as in life."""

    target: Target
    upkeep: Upkeep

    def post(self, **values: object) -> int:
        usual = {"title": "Rain", "body": "<p>It rains.</p>", "slug": new_name(), **values}
        return self.target.create_post(usual).wp_id

    def upload(self, name: str) -> Discard:
        file = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(file, "PNG")
        picture = Upload(content=file.getvalue(), mime="image/png", name=f"{name}.png", sha256="")
        return discard("upload", self.target.upload(picture), name)

    def user_of(self, one: Discard) -> str:
        uses = Uses(self.upkeep)
        uses.prepare([one])
        return uses.find_user(one)


@pytest.fixture(params=["memory", "rest"])
def house(request: pytest.FixtureRequest) -> House:
    """Give each test both kinds; the real site is shared, so its tests name their own things."""
    if request.param == "memory":
        site = MemoryTarget()
        return House(target=site, upkeep=MemoryUpkeep(site))
    wordpress: WordPress = request.getfixturevalue("wordpress")
    editor = wordpress.users["editor"]
    root = discover(wordpress.url)
    api = RestApi(root.root, editor.login, editor.application_password)
    return House(target=RestTarget(api, root), upkeep=RestUpkeep(api))


def discard(kind: Any, wp_id: int, name: str, **values: Any) -> Discard:  # noqa: ANN401
    usual: dict[str, Any] = {"how": "delete", "order": "undo", "reason": "a test"}
    return Discard(kind=kind, wp_id=wp_id, name=name, **usual | values)


def test_a_term_is_used_by_posts_of_any_status_but_the_trash(house: House) -> None:
    """Somebody's draft keeps a tag; when it is trashed nothing does."""
    name = new_name()
    tag = discard("tags", house.target.create_term("tags", name, 0).wp_id, name)
    wp_id = house.post(tags=(tag.wp_id,))

    assert house.user_of(tag) == f"post {wp_id} has it"
    assert house.user_of(discard("tags", tag.wp_id, name, beside=frozenset({wp_id}))) == ""
    house.target.trash_post(wp_id)
    assert house.user_of(tag) == ""


def test_a_category_with_one_below_it_stays(house: House) -> None:
    """Deleting it would move the other one up; both together may go."""
    above, below = new_name(), new_name()
    parent = house.target.create_term("categories", above, 0).wp_id
    child = house.target.create_term("categories", below, parent).wp_id
    one = discard("categories", parent, above)

    assert house.user_of(one) == f"{below} is below it"
    assert Uses(house.upkeep).find_user(one, frozenset({child})) == ""


def test_a_term_that_was_renamed_stays(house: House) -> None:
    """A person has taken it over."""
    wp_id = house.target.create_term("tags", new_name(), 0).wp_id

    assert house.user_of(discard("tags", wp_id, "another name")) == "somebody has changed it"


def test_an_upload_is_used_as_a_picture_and_in_texts(house: House) -> None:
    """Also by a post in the trash, which may come back."""
    image, name = house.upload(new_name()), new_name()
    other = house.upload(name)
    wp_id = house.post(featured=image.wp_id)
    text = house.post(body=f'<img src="https://x.example/{name}-300x200.png">')
    house.target.trash_post(wp_id)

    assert house.user_of(image) == f"it is the picture of post {wp_id}"
    assert house.user_of(other) == f"it stands in the text of post {text}"
    assert house.user_of(house.upload(new_name())) == ""


def test_what_is_deleted_is_gone(house: House) -> None:
    """Deleting again is no failure: an undo that was killed does so."""
    name = new_name()
    tag = discard("tags", house.target.create_term("tags", name, 0).wp_id, name)
    image = house.upload(new_name())

    for _ in range(2):
        house.upkeep.delete_term("tags", tag.wp_id)
        house.upkeep.delete_media(image.wp_id)

    uses = Uses(house.upkeep)
    uses.prepare([tag, image])
    assert uses.is_done(tag)
    assert uses.is_done(image)


def test_an_upload_can_be_hidden_and_shown(house: House) -> None:
    """Attachments have no draft: private, and back to what they were."""
    image = house.upload(new_name())

    seen = []
    for status in ("private", "inherit"):
        house.upkeep.set_media_status(image.wp_id, status)
        seen.append(house.upkeep.read_media([image.wp_id])[image.wp_id].status)

    assert seen == ["private", "inherit"]


def test_a_gallery_and_the_logo_use_an_upload(wordpress: WordPress) -> None:
    """A gallery names uploads by id alone; a logo stands in no post."""
    admin = wordpress.users["admin"]
    root = discover(wordpress.url)
    api = RestApi(root.root, admin.login, admin.application_password)
    house = House(target=RestTarget(api, root), upkeep=RestUpkeep(api))
    shown, logo = house.upload(new_name()), house.upload(new_name())
    wp_id = house.post(body=f"[gallery ids='9,{shown.wp_id}']")
    api.write("POST", "wp/v2/settings", json={"site_icon": logo.wp_id})

    assert house.user_of(shown) == f"it is the picture of post {wp_id}"
    assert house.user_of(logo) == "the site's logo or icon"
    api.write("POST", "wp/v2/settings", json={"site_icon": 0})
