"""Real web servers before a sandbox: nginx and Apache, each with a configuration of its own.

They listen on a free port of loopback, keep all files in a directory of the test, and end with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wp_sync.sandbox.download import find_cache
from wp_sync.sandbox.processes import keep_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.sandbox.wordpress import WordPress

MODULES = Path("/usr/lib/apache2/modules")
WITHIN = 60.0  # seconds for a start, which takes a part of one
NGINX = """
{user}
daemon off;
worker_processes 1;
pid {room}/nginx.pid;
error_log {room}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {room}/body;
  proxy_temp_path {room}/proxy;
  fastcgi_temp_path {room}/fastcgi;
  uwsgi_temp_path {room}/uwsgi;
  scgi_temp_path {room}/scgi;
  proxy_set_header Host $http_host;
  {more}
  server {{
    listen 127.0.0.1:{port};
    root {www};
    index index.php;
    {rules}
  }}
}}
"""
# What Debian's fastcgi.conf says, as far as WordPress needs it.
TO_PHP = """
location ~ \\.php$ {
  fastcgi_pass 127.0.0.1:{php};
  fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
  fastcgi_param SCRIPT_NAME $fastcgi_script_name;
  fastcgi_param REQUEST_METHOD $request_method;
  fastcgi_param REQUEST_URI $request_uri;
  fastcgi_param QUERY_STRING $query_string;
  fastcgi_param CONTENT_TYPE $content_type;
  fastcgi_param CONTENT_LENGTH $content_length;
  fastcgi_param SERVER_PROTOCOL $server_protocol;
  fastcgi_param SERVER_NAME 127.0.0.1;
  fastcgi_param REDIRECT_STATUS 200;
}
"""
APACHE = """
ServerRoot {room}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {room}/apache.pid
ErrorLog {room}/apache.log
DefaultRuntimeDir {room}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_fcgi_module {modules}/mod_proxy_fcgi.so
LoadModule rewrite_module {modules}/mod_rewrite.so
{user}
ProxyFCGIBackendType GENERIC
DocumentRoot {www}
DirectoryIndex index.php
<Directory />
  AllowOverride None
</Directory>
<Directory {www}>
  Require all granted
  RewriteEngine On
  {rules}
  RewriteRule ^index\\.php$ - [L]
  RewriteCond %{{REQUEST_FILENAME}} !-f
  RewriteCond %{{REQUEST_FILENAME}} !-d
  RewriteRule . /index.php [L]
</Directory>
<FilesMatch "\\.php$">
  SetHandler "proxy:fcgi://127.0.0.1:{php}"
</FilesMatch>
"""


@contextlib.contextmanager
def nginx(site: WordPress, room: Path, rules: str, more: str = "") -> Iterator[str]:
    """Put nginx before a sandbox. In the rules {site} is the sandbox's own address, {self} nginx's.

    With {php} in them, PHP runs apart as with PHP-FPM.
    """
    stack = contextlib.ExitStack()
    port, php = stack.enter_context(_port()), stack.enter_context(_port())
    url = f"http://127.0.0.1:{port}"
    for name, value in {"site": site.url, "self": url, "php": php, "room": room}.items():
        rules = rules.replace(f"{{{name}}}", str(value))
        more = more.replace(f"{{{name}}}", str(value))
    user = "user root;" if os.geteuid() == 0 else ""
    www = site.directory / "www"
    text = NGINX.format(user=user, room=room, port=port, www=www, rules=rules, more=more)
    (room / "nginx.conf").write_text(text)
    command = (_find("nginx"), "-p", str(room), "-c", "nginx.conf", "-e", str(room / "error.log"))
    with stack:
        stack.enter_context(named(site, url))
        if str(php) in rules:
            stack.enter_context(_interpreter(site, php))
        stack.enter_context(_running(command, room, port))
        yield url


@contextlib.contextmanager
def apache(site: WordPress, room: Path, rules: str = "") -> Iterator[str]:
    """Serve a sandbox's files by Apache, whose PHP runs apart as with PHP-FPM."""
    with _port() as port, _port() as php:
        yield from _apache(site, room, rules, port, php)


def _apache(site: WordPress, room: Path, rules: str, port: int, php: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    text = APACHE.format(
        room=room,
        port=port,
        php=php,
        modules=MODULES,
        user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
        www=site.directory / "www",
        rules=rules,
    )
    (room / "apache.conf").write_text(text)
    site.directory.chmod(0o711)  # for www-data, to see which files there are
    command = (_find("apache2"), "-X", "-f", str(room / "apache.conf"))
    with named(site, url), _interpreter(site, php), _running(command, room, port):
        yield url


def _interpreter(site: WordPress, port: int) -> contextlib.AbstractContextManager[None]:
    settings = ("-d", "opcache.enable=0", "-d", f"error_log={site.directory / 'php.log'}")
    command = (_find("php-cgi"), *settings, "-b", f"127.0.0.1:{port}")
    return _running(command, site.directory / "www", port)


@contextlib.contextmanager
def named(site: WordPress, url: str) -> Iterator[None]:
    """Make a site call itself by another address for a while."""
    settings = site.directory / "site.json"
    before = settings.read_text()
    settings.write_text(json.dumps(json.loads(before) | {"url": url}))
    try:
        yield
    finally:
        settings.write_text(before)


@contextlib.contextmanager
def _running(command: Sequence[str], place: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603 (programs of this machine)
        command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _await(process, port)
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    process.kill()
    complaint = process.communicate()[1].decode(errors="replace")
    pytest.fail(f"{process.args!r} did not start: {complaint}", pytrace=False)


@contextlib.contextmanager
def _port() -> Iterator[int]:
    """Keep a free port for a server that names it."""
    with keep_port() as kept:
        yield int(kept.getsockname()[1])


def _find(name: str) -> str:
    """Find a program; nginx may be unpacked in the cache instead of installed (.ci/packages.sh)."""
    unpacked = find_cache() / "nginx/usr/sbin"
    places = os.pathsep.join((os.environ["PATH"], "/usr/sbin", str(unpacked)))
    found = shutil.which(name, path=places)
    if found is None:
        pytest.fail(f"{name} is missing: run .ci/packages.sh", pytrace=False)
    return found
