"""What a failed write proves: that it left nothing, or that nobody knows.

A refusal is no proof by its status alone. A plugin that is hooked on saving, or a field that
WordPress writes after the row, may refuse when the post is there already.
"""

from __future__ import annotations

from http import HTTPStatus

from wp_sync.errors import (
    ChangedError,
    PublishError,
    RejectedError,
    UnauthorizedError,
    UnreachableError,
)

REFUSED = (RejectedError, UnauthorizedError, UnreachableError)
# Of a whole request, before the server or WordPress looks into it.
UNREAD = {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
# What core says before it inserts or updates a row: class-wp-rest-server.php (dispatch),
# class-wp-rest-posts-controller.php (..._permissions_check, prepare_item_for_database), post.php
# (wp_insert_post, up to its query). Not db_insert_error: wp_set_object_terms says it, too, of the
# post's terms (taxonomy.php).
BEFORE_THE_ROW = frozenset(
    {
        "db_update_error",
        "empty_content",
        "invalid_date",
        "rest_batch_not_allowed",
        "rest_cannot_assign_sticky",
        "rest_cannot_assign_term",
        "rest_cannot_create",
        "rest_cannot_edit",
        "rest_cannot_edit_others",
        "rest_cannot_publish",
        "rest_invalid_author",
        "rest_invalid_field",
        "rest_invalid_json",
        "rest_invalid_param",
        "rest_missing_callback_param",
        "rest_no_route",
        "rest_not_logged_in",
        "rest_post_exists",
        "rest_post_invalid_id",
        "rest_too_many_items",
    }
)
_OF_FILES = "rest_upload_"  # class-wp-rest-attachments-controller.php: all before the row


def made_nothing(error: PublishError) -> bool:
    """Tell whether a failed write certainly left nothing: refused in time, or never sent.

    Who answers that it is busy has got the request: a plugin's 503 or 429 may come after the row.
    """
    if isinstance(error, ChangedError):
        return True
    if isinstance(error, RejectedError):
        return not error.status or is_unwritten(error.status, error.code)  # 0: of our own
    return not (isinstance(error, UnreachableError) and error.arrived)


def is_unwritten(status: int, code: str) -> bool:
    """Tell whether an answer proves that nothing was written."""
    return status in UNREAD or code in BEFORE_THE_ROW or code.startswith(_OF_FILES)
