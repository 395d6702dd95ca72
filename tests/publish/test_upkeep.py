"""One suite for every Upkeep: what uses a term or an upload, and what is left when it goes."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest
from PIL import Image
from targets import new_name

from wp_sync.errors import RejectedError
from wp_sync.model import Discard, Upload
from wp_sync.publish.discovery import discover
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.memory_upkeep import MemoryUpkeep
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.rest_upkeep import RestUpkeep
from wp_sync.publish.upkeep import ANOTHER, Uses, names_upload

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
    assert house.user_of(logo).startswith("the site itself shows it: its logo")
    api.write("POST", "wp/v2/settings", json={"site_icon": 0})


def mark() -> str:
    return secrets.token_hex(8)


def test_an_upload_whose_number_another_file_has_is_not_touched(house: House) -> None:
    """A site that was put back from a backup gives the numbers of what it lost away again."""
    theirs = house.upload(f"holiday-{mark()}")

    for how in ("delete", "hide", "show"):
        ours = discard("upload", theirs.wp_id, f"storm-{mark()}.png", how=how)
        assert house.user_of(ours) == ANOTHER


def test_a_text_uses_an_upload_by_its_id(house: House) -> None:
    """Blocks, classes and galleries name it; a longer number is another upload's."""
    image, other = house.upload(mark()), house.upload(mark())
    block = f'<!-- wp:media-text {{"mediaId":{image.wp_id}}} --><p>x</p><!-- /wp:media-text -->'
    text = house.post(body=block)
    house.post(body=f'<img class="wp-image-{other.wp_id}0" src="https://x.example/a.png">')

    assert house.user_of(image) == f"it stands in the text of post {text}"
    assert house.user_of(other) == ""


@pytest.mark.parametrize(
    "text",
    [
        '<!-- wp:image {"sizeSlug":"large","id":55} -->',
        '<!-- wp:cover {"url":"x","id": 55,"dimRatio":50} -->',
        '<!-- wp:gallery {"ids":[54,55,56]} -->',
        "[gallery ids='9,55']",
        '{"content": "<!-- wp:image {\\"id\\":55} -->"}',
        '[caption id="attachment_55"]',
        '<img class="alignleft wp-image-55">',
    ],
)
def test_markup_names_an_upload(text: str) -> None:
    """Only by the whole number."""
    assert names_upload(text, 55)
    assert not names_upload(text, 5)
    assert not names_upload(text.replace("55", "155"), 55)


def test_an_upload_that_was_cropped_is_still_used(wordpress: WordPress) -> None:
    """WordPress renames the file of what is cropped; texts go on showing the former one."""
    house = rest_house(wordpress, "editor")
    name = f"storm-{mark()}"
    image = house.upload(name)
    text = house.post(body=f'<img src="https://x.example/{name}-300x200.png">')
    wordpress.run_php(
        f"$f = get_post_meta({image.wp_id}, '_wp_attached_file', true);"
        f"update_post_meta({image.wp_id}, '_wp_attached_file',"
        " str_replace('.png', '-e1700000000123.png', $f));"
    )

    assert house.upkeep.read_media([image.wp_id])[image.wp_id].stem == f"{name}-e1700000000123"
    assert house.user_of(image) == f"it stands in the text of post {text}"


def test_what_the_site_does_not_show_keeps_an_upload(house: House) -> None:
    """What can't be looked at may use it; a person who takes posts back asked for their uploads."""
    image = house.upload(mark())
    collected = replace(image, order="media gc")
    assert house.user_of(collected) == ""
    if isinstance(house.upkeep, MemoryUpkeep):
        house.upkeep.hidden = "wp/v2/dishes"
    elif isinstance(house.upkeep, RestUpkeep):
        house.upkeep._refused["wp/v2/dishes"] = None  # noqa: SLF001 (as a refusal would)

    assert house.user_of(collected) == "it can't be seen whether wp/v2/dishes uses it"
    assert house.user_of(image) == ""


def test_a_template_that_a_person_changed_uses_an_upload(
    wordpress: WordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no post that a list of posts shows; to whom it is refused, all uploads stay."""
    monkeypatch.setattr("wp_sync.publish.rest_upkeep._takes_templates", lambda _: True)
    admin = rest_api(wordpress, "admin")
    image = rest_house(wordpress, "editor").upload(mark())
    block = f'<!-- wp:image {{"id":{image.wp_id}}} --><img src="x"><!-- /wp:image -->'
    made = {"slug": new_name(), "title": "T", "content": block}
    template = admin.write("POST", "wp/v2/templates", json=made)
    image = replace(image, order="media gc")

    seen = [rest_house(wordpress, who).user_of(image) for who in ("admin", "editor")]
    admin.write("DELETE", f"wp/v2/templates/{template['id']}", {"force": "true"})

    assert seen[0].startswith("the site itself shows it")
    assert seen[1] in {seen[0], "it can't be seen whether wp/v2/templates uses it"}


class Refusing:
    """A site with two kinds of a plugin's that we may not edit; one of them it does not show."""

    asked: ClassVar[dict[str, Any]] = {}

    def get(self, route: str, params: Any = None) -> tuple[Any, dict[str, str]]:  # noqa: ANN401
        if route == "wp/v2/types":
            ours = {"post": {"rest_base": "posts", "supports": {"editor": True}}}
            others = {name: {"rest_base": name} for name in ("dish", "secret")}
            return ours if params else ours | others, {}
        if not route:
            return {}, {}
        if route == "wp/v2/secret":
            raise RejectedError("you may not")
        self.asked.setdefault(route, []).append((params or {}).get("status"))
        rows = [{"id": 7, "featured_media": 55}] if route == "wp/v2/dish" else []
        return rows, {"X-WP-TotalPages": "1"}


def test_kinds_that_we_may_not_edit_are_looked_at_as_far_as_they_are_shown() -> None:
    """What is published of them counts as it is; what is refused is told."""
    site = Refusing()
    upkeep = RestUpkeep(cast("RestApi", site))

    assert upkeep.picture_uses() == {55: {7}}
    assert upkeep.text_uses("0123456789abcdef", 55) == {7}
    assert upkeep.unseen() == "wp/v2/secret"
    assert set(site.asked["wp/v2/dish"]) == {"publish"}
    assert set(site.asked["wp/v2/posts"]) == {"any,trash"}


def rest_api(wordpress: WordPress, who: str) -> RestApi:
    user = wordpress.users[who]
    return RestApi(discover(wordpress.url).root, user.login, user.application_password)


def rest_house(wordpress: WordPress, who: str) -> House:
    api = rest_api(wordpress, who)
    return House(target=RestTarget(api, discover(wordpress.url)), upkeep=RestUpkeep(api))
