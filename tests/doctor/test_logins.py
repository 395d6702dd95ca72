"""doctor on logins that WordPress refuses: one 401 for all causes, and each is told apart."""

from pathlib import Path

import pytest
from breaking import WRONG, ask_doctor, expect, plugin, rewritten
from desk import Desk
from webservers import apache, nginx

from wp_sync.sandbox.wordpress import WordPress

STRIPPED = (
    "unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'], $_SERVER['HTTP_AUTHORIZATION']);"
)
SWITCHED_OFF = "add_filter('wp_is_application_passwords_available', '__return_false');"
OFF_FOR_ONE = "add_filter('wp_is_application_passwords_available_for_user', '__return_false');"
NO_XMLRPC = "add_filter('xmlrpc_enabled', '__return_false');"
ASKS_EARLY = """
add_filter('rest_authentication_errors', fn($error) => [$error, wp_get_current_user()][0], 1);
"""
WORDFENCE = """
add_action('rest_api_init', fn() => register_rest_route('wordfence/v1', '/config',
    ['callback' => '__return_empty_array', 'permission_callback' => '__return_false']));
"""
MEMBERS_ONLY = """
add_filter('rest_authentication_errors', fn($error) => is_user_logged_in()
    ? $error : new WP_Error('rest_not_logged_in', 'Members only.', ['status' => 401]));
"""
DISABLE_REST_API = """
add_filter('rest_authentication_errors', fn($error) => is_user_logged_in() ? $error
    : new WP_Error('rest_cannot_access', 'DRA: Only authenticated users.', ['status' => 401]));
"""
NEW_LOGIN = "make a new application password"
APACHE_LINE = "RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]"
NGINX_LINE = "fastcgi_param HTTP_AUTHORIZATION $http_authorization;"


@pytest.mark.parametrize(
    ("code", "password", "cause", "cure"),
    [
        pytest.param("", WRONG, "wrong user name or password", NEW_LOGIN, id="wrong password"),
        pytest.param("", "short", "this one has not", NEW_LOGIN, id="of another form"),
        pytest.param(STRIPPED, "", "strips the Authorization header", APACHE_LINE, id="stripped"),
        pytest.param(
            STRIPPED + NO_XMLRPC,
            "",
            "wrong name or password, or a stripped Authorization header",
            NGINX_LINE,
            id="stripped, no XML-RPC",
        ),
        pytest.param(NO_XMLRPC, WRONG, "XML-RPC, which tells", NEW_LOGIN, id="wrong, no XML-RPC"),
        pytest.param(
            SWITCHED_OFF,
            "",
            "application passwords are switched off",
            "All-In-One Security: User Security > Disable application password",
            id="switched off",
        ),
        pytest.param(
            SWITCHED_OFF + WORDFENCE,
            "",
            "switched off; Wordfence is there",
            "untick Disable WordPress application passwords",
            id="by Wordfence",
        ),
        pytest.param(
            OFF_FOR_ONE + ASKS_EARLY,
            "",
            "switched off for this user",
            "take another",
            id="one user",
        ),
        pytest.param(
            ASKS_EARLY, WRONG, "the application password is wrong", NEW_LOGIN, id="asked early"
        ),
        pytest.param(
            MEMBERS_ONLY, WRONG, "wrong user name or password", NEW_LOGIN, id="closed and wrong"
        ),
        pytest.param(
            DISABLE_REST_API + STRIPPED,
            "",
            "header; the password is right; the API is closed to visitors, by Disable REST API",
            "else, Disable REST API: Settings",
            id="closed and stripped",
        ),
    ],
)
def test_each_cause_of_a_refused_login_is_told(
    code: str, password: str, cause: str, cure: str, desk: Desk, wordpress: WordPress
) -> None:
    """The cause in a sentence, the line that mends it, and exit 3."""
    with plugin(wordpress, code):
        said = ask_doctor(desk, password=password)

    failed = "site" if code.startswith((MEMBERS_ONLY, DISABLE_REST_API)) else "login"
    expect(said, failed, "failed", cause, cure)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        pytest.param("", "wrong user name or password", id="stock"),
        pytest.param(ASKS_EARLY, "there is no user of this name", id="asked early"),
    ],
)
def test_an_unknown_user_is_told(code: str, cause: str, desk: Desk, wordpress: WordPress) -> None:
    """WordPress tells a wrong name from a wrong password only where a plugin asks early."""
    with plugin(wordpress, code):
        said = ask_doctor(desk, user="nobody")

    expect(said, "login", "failed", cause, NEW_LOGIN)
    assert "'nobody'" in said.cause("login")


def test_an_account_password_is_told_from_a_stripped_header(
    desk: Desk, wordpress: WordPress
) -> None:
    """Both work by XML-RPC; only an application password does with other blanks."""
    said = ask_doctor(desk, password=wordpress.users["editor"].password)

    expect(said, "login", "failed", "this is the account password", NEW_LOGIN)


def test_an_account_password_of_the_right_form_is_told(desk: Desk, wordpress: WordPress) -> None:
    """24 letters and digits do not make it an application password."""
    password = "Abcdefgh1234Ijklmnop5678"  # noqa: S105
    wordpress.run_php(f"wp_set_password('{password}', get_user_by('login', 'tom-becker')->ID);")

    said = ask_doctor(desk, user="tom-becker", password=password)

    expect(said, "login", "failed", "this is the account password", NEW_LOGIN)


def test_a_site_without_https_is_told(desk: Desk, wordpress: WordPress) -> None:
    """Outside a local environment WordPress offers application passwords over https only."""
    with rewritten(wordpress, "'local'", "'production'"):
        said = ask_doctor(desk)

    expect(said, "login", "failed", "over https only", "serve the site with https")


def test_closed_to_visitors_is_no_failure(desk: Desk, wordpress: WordPress) -> None:
    """The login opens the API, and doctor says so."""
    with plugin(wordpress, MEMBERS_ONLY):
        said = ask_doctor(desk)

    expect(said, "site", "ok", "closed to visitors, and open to the login", "")


def test_apache_gets_its_own_line(desk: Desk, wordpress: WordPress, tmp_path: Path) -> None:
    """Apache before PHP-FPM strips the header; the line that doctor names mends it."""
    (tmp_path / "with").mkdir()
    with apache(wordpress, tmp_path) as url:
        said = ask_doctor(desk, url=url)
    with apache(wordpress, tmp_path / "with", APACHE_LINE) as url:
        mended = ask_doctor(desk, url=url)

    expect(said, "login", "failed", "strips the Authorization header", APACHE_LINE)
    assert said.cure("login").startswith("Apache: ")
    assert "nginx" not in said.cure("login")
    expect(mended, "login", "ok", "logged in as editor", "")


def test_nginx_gets_its_own_line(desk: Desk, wordpress: WordPress, tmp_path: Path) -> None:
    """Nginx that hands on to another server may leave the header out."""
    headers = 'proxy_set_header Host $http_host; proxy_set_header Authorization "";'
    rules = f"location / {{ {headers} proxy_pass {{site}}; }}"

    with nginx(wordpress, tmp_path, rules) as url:
        said = ask_doctor(desk, url=url)

    expect(said, "login", "failed", "strips the Authorization header", NGINX_LINE)
    assert "Apache" not in said.cure("login")


@pytest.mark.parametrize(
    ("role", "lacks"), [("subscriber", "may not make posts"), ("contributor", "may not publish")]
)
def test_a_role_too_low_is_told(role: str, lacks: str, desk: Desk, wordpress: WordPress) -> None:
    """The login is right; what it may not do, and the role that may."""
    password = wordpress.users[role].application_password

    said = ask_doctor(desk, user=role, password=password)

    assert said.state("login") == "ok"
    expect(said, "rights", "failed", lacks, "role Editor")
