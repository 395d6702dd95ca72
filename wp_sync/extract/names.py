"""Words by which the parts of a page are known: data only, nothing that a source could widen."""

from __future__ import annotations

import re

# Words of a class or an id, in order and joined by hyphens: "ad-slot" is in "mobile-ad-slot-2" and
# in "adSlot".
FURNITURE = """
ad-break ad-container ad-label ad-placeholder ad-slot ad-unit ad-wrap ad-wrapper affiliate adbox
addthis addtoany adsbygoogle adslot advert advertisement advertising advertorial also-like
also-read article-actions article-footer article-nav article-tags article-tools author-bio
author-box author-card author-info author-profile about-author back-to-top bio bookmark breadcrumb
breadcrumbs byline-bio comment-count comment-form comment-list commerce-card comments commenting
commerce-box cookie cookies cta deals-widget disclosure disqus donate donation donations
email-signup entry-footer follow-us gdpr hawk-widget jp-relatedposts keep-reading livefyre
login-prompt mailing-list masthead more-from more-in more-like more-news more-on more-stories
most-popular most-read most-viewed must-read navbar navigation nav-menu newsletter newsletters
next-article next-post nextup onward opt-in outbrain pagination paginator partner-offer popular
popular-box post-navigation post-tags prev-next prev-post previous-post price-box print-button
promo promobox promos promotion promotional promoted read-also read-more read-next readmore recirc
recirculation recommend recommendation recommendations recommended recommended-stories related
related-articles related-content related-links related-posts related-stories relatedposts respond
rail see-also share sharebar sharebox sharedaddy sharethis sharing shareaholic sidebar sign-up
signup simplefeed site-footer site-header site-nav skip-link skip-links social social-bar
social-icons social-links social-media social-share sociable sponsor sponsored sponsors sticky-bar
story-footer story-tools subscribe subscriber-cta subscription support-us tag-cloud tag-links
tag-list taglist tags taboola teaser teasers tip-jar tipjar toolbar top-stories topics trending
up-next upnext utility-bar whats-next yarpp you-may-also you-might
"""
WHOLE_NAMES = frozenset({"ad", "ads", "aside", "comment", "footer", "meta", "nav", "menu", "tools"})
# A name with one of these says that something is there or not: "has-sidebar", "comments-closed".
STATES = frozenset(
    {"closed", "disabled", "enabled", "has", "hide", "is", "no", "open", "show", "with", "without"}
)
# These may well be longer than the article.
LONGER = ("comment", "disqus", "livefyre", "respond", "rail", "sidebar")
NOTES = """
author byline byline-wrapper dateline entry-meta article-meta article-date author-name
article-info credits-line last-updated meta-info post-date post-info post-meta posted-on
publish-date pubdate published reading-time read-time story-meta timestamp updated
"""
POSTS = """
bluesky-embed fb-post fb-video flourish-embed instagram-media mastodon-embed reddit-card
reddit-embed tiktok-embed twitter-tweet twitter-video
"""
CONTROLS = """
button buttons close controls control counter fullscreen full-screen gallery-nav slider-nav
slide-count slide-number expand zoom play-icon
"""
CAPTIONS = "caption credit photo-credit image-credit media-caption wp-caption-text figcaption"
LEADS = "lead hero featured main-image top-image article-image post-thumbnail cover header-image"
CALLOUTS = """
callout fact-box factbox infobox info-box note-box pullquote pull-quote quote tip warning box-out
"""
BODIES = """
article-body article-bodytext article-content article-main article-page-body article-text
articlebody articlecontent articletext body-content body-copy body-text bodycopy bodytext
c-entry-content content-article content-body entry-body entry-content entrytext main-content-body
node-body page-content-body post-body post-content post-entry post-text postcontent rich-text
single-content singlecontent story-body story-content story-text storybody storycontent
td-post-content text-content theiastickysidebar-content wysiwyg
"""

_RELATED = (
    r"(?:related|recommended|more|other|similar|top|latest|popular|trending|featured|further)"
)
_THINGS = (
    r"(?:articles?|stories|story|posts?|news|reading|coverage|content|links|topics|videos?|reviews?"
    r"|headlines?|guides?)"
)
_SOCIAL = (
    r"(?:bluesky|facebook|flipboard|google news|instagram|linkedin|mastodon|pinterest|reddit"
    r"|snapchat|telegram|threads|tiktok|twitter|whatsapp|x|youtube)"
)


def any_of(lines: str) -> re.Pattern[str]:
    """Compile alternatives, one or more a line; {related}, {things} and {social} are others."""
    parts = "|".join(lines.strip().splitlines())
    for name, stands_for in (("related", _RELATED), ("things", _THINGS), ("social", _SOCIAL)):
        parts = parts.replace(f"{{{name}}}", stands_for)
    return re.compile(f"(?:{parts})", re.IGNORECASE | re.DOTALL)


def _whole(lines: str) -> re.Pattern[str]:
    return re.compile(rf"\W*{any_of(lines).pattern}\W*", re.IGNORECASE | re.DOTALL)


def _beginning(lines: str) -> re.Pattern[str]:
    ending = r"\s*(?:[:\u2013\u2014>|»-]|$)"
    return re.compile(rf"\W*{any_of(lines).pattern}{ending}", re.IGNORECASE | re.DOTALL)


# A short line that, whole, heads something beside the article.
HEADING = _whole(r"""
{related} {things}(?: (?:on|from|about|in) .*)?
related
recommended(?: (?:for you|by|reading).*)?
trending(?: now| on .*)?
(?:most|now) (?:popular|read|viewed|shared|commented|trending).*
popular(?: (?:now|right now|this week|on .*|in .*))?
editor.?s.? picks?
don.?t miss
you (?:may|might|could) (?:also )?(?:like|enjoy|be interested in).*
you.?ll also like.*
people also (?:read|like).*
up next
(?:read|watch|see|listen|explore|keep) (?:next|also|more|on|this next|reading)
read more(?: (?:on|about|from|in) .*| stories)?
also read
more (?:from|on|in|about|like this|stories|to read|to explore|great|top|by|for you)\b.*
(?:next|previous) (?:article|story|post|up)
what to read next.*
from our partners?
(?:from|around) the web
sponsored(?: content| links| stories| by .*)?
promoted (?:content|links|stories).*
paid content
advertisement
advertising
anzeige
werbung
publicit[eé]
share(?: (?:on|this|via|the|your|article|story)\b.*)?
(?:no |\d+ )?comments?(?: \(\d+\))?
join the (?:conversation|discussion)
leave a (?:comment|reply)
(?:post a|view|show) comments?
about (?:the )?(?:authors?|writer)
(?:meet|written by) the author
tags?
topics
filed under
categories
follow us.*
stay (?:connected|informed|in touch).*
get (?:the|our) (?:newsletter|app|latest).*
sign up (?:for|to) .*
subscribe(?: (?:to|now|for|today).*)?
newsletters?
today.?s best .*deals?
(?:read|watch|see) this next.*
what do you think(?: so far)?
diskutieren sie mit
la suite apr[èe]s la publicit[ée]
in this (?:article|section)
jump to.*
(?:table of )?contents
latest
mehr zum thema
auch interessant
lesen sie auch.*
das k(?:ö|oe)nnte sie auch interessieren.*
[àa] lire aussi.*
lire aussi.*
sur le m[eê]me (?:sujet|th[eè]me)
articles? (?:li[eé]s|similaires|recommand[eé]s)
leer tambi[eé]n.*
(?:art[ií]culos|noticias) relacionad[oa]s
te puede interesar.*
leggi anche.*
lees ook.*
""")
ENDS_ALL = _whole(r"""
(?:\d+ )?comments?(?: \(\d+\))?
leave a (?:comment|reply)
join the (?:conversation|discussion)
(?:post a|view|show) comments?
""")
# A paragraph that begins so and is a link, or has one at its end, leads to another article.
POINTER = _beginning(
    r"""
read(?: more| next| also| this| on|ing| the (?:full|whole) (?:story|article|post|review))?
also read
related(?: (?:story|article|stories|reading|posts?))?
see also
see more
more
watch(?: more| now| next)?
listen
recommended
don.?t miss
up next
must.read
click here
further reading
lesen sie auch
mehr zum thema
(?:[àa] )?lire aussi
leer tambi[eé]n
leggi anche
lees ook
"""
)
# A short paragraph that speaks of the page and not of its matter.
LINE = _whole(r"""
advertisement
(?:article|story|content) continues (?:below|after).{0,60}
(?:skip|scroll) (?:to|past|advertisement|ad|down)\b.{0,60}
share|tweet|pin(?: it)?|print|e-?mail|copy(?: link)?|save|bookmark
link copied.{0,30}
{social}
comments?(?: \(?\d+\)?)?
(?:share|save) (?:this )?(?:article|story|post|page).{0,60}
share (?:on|via) {social}
loading(?: \w+)?
back to top
what do you think(?: so far)?
estimated \d+ minutes?
the audio version of this article .{0,220}
(?:swipe|scroll) to (?:scroll|see|view).{0,40}
(?:e-?mail|print|printer.friendly)(?: version| this| me).{0,80}
printer.friendly.{0,60}
(?:<<|«|←) ?back .{0,40}
comments? on this (?:story|article).{0,20}
(?:want to save|tried|made) this recipe.{0,120}
(?:shop|buy) now.{0,40}
prices? (?:is |are |was |were )?accurate at (?:the )?time of.{0,80}
click here .{0,100}\b(?:app|newsletter|subscribe)\b.{0,40}
(?:are you )?looking to promote .{0,250}
(?:have|got) (?:a|any) (?:news )?tips?\b.{0,200}
sign up (?:for|to) (?:the|our) .{0,200}
.{0,100}\b(?:get|join|receive) (?:our|the|my) .{0,60}newsletters?\b.{0,100}
(?:ad|advertisement|anzeige|publicit[ée])\b.{0,12}(?:loading|closes?|will close).{0,40}
advertisement (?:for|from|by) .{0,40}
(?:#\w+\s*)+
lesezeit.{0,30}
\d+ kommentare?(?: ansehen)?
um zu kommentieren.{0,80}
la suite apr[èe]s la publicit[ée]
view (?:gallery|comments|all|photos?|graphic).{0,30}
\d+ (?:min(?:ute)?s?|mins?)(?: of)? read(?:ing)?(?: time)?
reading time.{0,30}
listen to (?:this )?article.{0,40}
your browser does not support.{0,100}
(?:please )?enable javascript.{0,100}
this video (?:can ?not|is unavailable|has been removed).{0,80}
follow (?:us|@\w+|.{3,60}) on {social}\b.{0,120}
(?:expand|enlarge|open) (?:image|photo)\b.{0,40}
(?:sign up|subscribe).{0,60}newsletter.{0,200}
(?:we|you|your).{0,80}\bnewsletters?\b.{0,160}
.{0,120}\b(?:delivered|straight|direct(?:ly)?|right|sent) (?:to|in|into) your\b.{0,20}inbox.{0,120}
get .{3,140}\b(?:inbox|newsletter)s?\b.{0,80}
by (?:submitting|signing up|subscribing|entering your|clicking).{0,300}
(?:you can )?unsubscribe .{0,80}
(?:when|if) you (?:buy|purchase|click).{0,80}(?:links?|site).{0,160}(?:commission|affiliate).{0,120}
we (?:may|might|can) (?:earn|receive|get).{0,80}(?:commission|affiliate|compensation).{0,160}
.{0,80}contains? affiliate.{0,160}
(?:purchases (?:made )?through|products? (?:featured|we recommend)|as an amazon associate).{0,300}
.{0,120}\b(?:earns?|receives?) (?:an?|us a) (?:small |tiny |modest )?(?:cut|commission)\b.{0,160}
.{0,100}\baffiliate (?:links?|commissions?)\b.{0,120}
.{0,120}\bpreferred source\b.{0,120}
read (?:more|the (?:full|entire|rest).{0,40}) (?:at|on) .{2,60}
here.?s how it works
why (?:you can )?trust (?:us|.{3,40})
all rights reserved.{0,100}
(?:\(c\)|copyright|©)[^.]{0,20}\b(?:19|20)\d\d\b.{0,100}
""")
