"""The pages that lead to posts: one a channel, and the index, with what becomes no post."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wp_sync.review.plan_text import new_term_line

from .writing import bare, link, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.model import NewTerm, Outcome

    from .cards import Card
    from .frame import Frame, Place

_TEASED = 3  # posts of each channel on the index
_UNTOLD = frozenset({"created", "updated", "unchanged"})
_NOTHING = '<p class="note">Nothing new.</p>'
_MOST = 500  # outcomes told: a feed's ten thousand would make no page


def channel_page(frame: Frame, place: Place, cards: Sequence[Card]) -> str:
    """Write the page of a channel: its posts, the newest first as the plan has them."""
    shown = "\n".join(card.write("", 2, lead=not at) for at, card in enumerate(cards))
    listed = f'<div class="grid">\n{shown}\n</div>' if shown else _NOTHING
    main = (
        f'<div class="wide">\n<div class="title"><h1>{text(place.label)}</h1>'
        f'<p class="note">{_counted(len(cards), "post")} in this plan</p></div>\n{listed}\n</div>'
    )
    return frame.page(title=place.label, main=main, here=place)


def index_page(
    frame: Frame,
    cards: Sequence[Card],
    outcomes: Sequence[Outcome],
    new_terms: Sequence[NewTerm],
) -> str:
    """Write the way in: the channels with their first posts, new terms, and what is left out."""
    title = f'<h1>What a sync would do</h1><p class="note">{_summary(cards)}</p>'
    parts = [f'<div class="title">{title}</div>']
    for place in frame.places:
        ours = [card for card in cards if card.place == place]
        parts.append(_channel(place, ours))
    parts += [_terms(new_terms)] if new_terms else []
    left = [one for one in outcomes if one.status not in _UNTOLD]
    left.sort(key=lambda one: one.status == "dropped")  # last what needs nobody
    parts += [_left_out(left)] if left else []
    return frame.page(
        title="What a sync would do", main='<div class="wide">\n' + "\n".join(parts) + "\n</div>"
    )


def _summary(cards: Sequence[Card]) -> str:
    counts = Counter(card.deed for card in cards)
    told = ", ".join(f"{count} {deed}" for deed, count in counts.most_common())
    return f"{_counted(len(cards), 'post')}{f': {told}' if told else ''}"


def _channel(place: Place, cards: Sequence[Card]) -> str:
    teased = "\n".join(card.write("") for card in cards[:_TEASED])
    listed = f'<div class="grid">\n{teased}\n</div>' if teased else _NOTHING
    more = len(cards) - _TEASED
    all_of_it = (
        f'<p class="more"><a href="{place.file}">All {len(cards)} posts in {text(place.label)}</a>'
        "</p>"
        if more > 0
        else ""
    )
    return (
        f'<section class="channel {place.hue}"><h2><a href="{place.file}">{text(place.label)}</a>'
        f' <span class="count">{len(cards)}</span></h2>\n{listed}\n{all_of_it}</section>'
    )


def _terms(new_terms: Sequence[NewTerm]) -> str:
    rows = "".join(f"<li>{text(new_term_line(one))}</li>" for one in new_terms)
    return f'<section class="panel"><h2>New categories and tags</h2><ul>{rows}</ul></section>'


def _left_out(outcomes: Sequence[Outcome]) -> str:
    rows = "".join(
        f'<tr><td class="{one.status}">{one.status}</td>'
        f'<td dir="auto">{link(one.url, bare(one.title or one.key.guid))}</td>'
        f"<td>{text(one.reason)}</td></tr>"
        for one in outcomes[:_MOST]
    )
    beyond = len(outcomes) - _MOST
    more = f'<p class="note">And {_counted(beyond, "more")}.</p>' if beyond > 0 else ""
    return (
        f'<section class="panel left"><h2>What becomes no post now'
        f' <span class="count">{len(outcomes)}</span></h2>\n<div class="scroll" tabindex="0"'
        ' role="region" aria-label="What becomes no post now"><table><thead><tr>'
        '<th scope="col">State</th><th scope="col">Article</th><th scope="col">Why</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>{more}</section>"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 or noun == "more" else f"{number:,} {noun}s"
