#!/usr/bin/env python3
"""Lists the pages of a DokuWiki by its XML-RPC interface, for fincrawl's kind: pages.

usage: dokuwiki.py URL      with WIKI_USER and WIKI_PASSWORD in the environment

The interface is switched on by $conf['remote'] = 1. Pages that fincrawl has in their present
revision are not requested.
"""
import http.cookiejar
import json
import os
import sys
import urllib.parse
import urllib.request
import xmlrpc.client


class Session(xmlrpc.client.Transport):
    """Keeps the cookies of the login."""

    def __init__(self):
        super().__init__()
        self.jar = http.cookiejar.CookieJar()

    def send_headers(self, connection, headers):
        request = urllib.request.Request(wiki)
        self.jar.add_cookie_header(request)
        for name, value in request.header_items():
            if name == "Cookie":
                connection.putheader(name, value)
        super().send_headers(connection, headers)

    def parse_response(self, response):
        self.jar.extract_cookies(response, urllib.request.Request(wiki))
        return super().parse_response(response)


def say(**line):
    print(json.dumps(line, ensure_ascii=False))


def known():
    """The revisions that fincrawl has, by page."""
    path = os.environ.get("FINCRAWL_KNOWN")
    if not path:
        return {}
    with open(path, encoding="utf-8") as lines:
        return {line["id"]: line["version"] for line in map(json.loads, lines)}


def title_of(page, text):
    """The first heading of a page: ====== Title ======."""
    for line in text.splitlines():
        if line.startswith("==") and line.strip("= "):
            return line.strip("= ")
    return page.rsplit(":", 1)[-1].replace("_", " ")


wiki = sys.argv[1].rstrip("/") + "/"
api = xmlrpc.client.ServerProxy(wiki + "lib/exe/xmlrpc.php", transport=Session())
if not api.dokuwiki.login(os.environ["WIKI_USER"], os.environ["WIKI_PASSWORD"]):
    sys.exit("the wiki does not accept the user and the password")

had = known()
say(type="begin", protocol=1, mode="full")
count = 0
for page in api.dokuwiki.getPagelist("", {"depth": 0}):
    name, version = page["id"], str(page["rev"])
    count += 1
    if had.get(name) == version:
        say(type="same", id=name, version=version)
        continue
    text = api.wiki.getPage(name)
    say(
        type="page",
        id=name,
        url=wiki + "doku.php?id=" + urllib.parse.quote(name),
        title=title_of(name, text),
        html=api.wiki.getPageHTML(name),
        version=version,
        path=name.split(":")[:-1],
    )
say(type="end", complete=True, count=count)
