"""The barest spider: follows the links of a site and does nothing with its pages.

scrapy runspider --nolog -a start=URL spider.py
"""

from urllib.parse import urlsplit

import scrapy
from scrapy.linkextractors import LinkExtractor


class Links(scrapy.Spider):
    name = "links"
    custom_settings = {
        "CONCURRENT_REQUESTS": 4,
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "DOWNLOAD_MAXSIZE": 0,
        "DOWNLOAD_WARNSIZE": 0,
    }

    def __init__(self, start):
        super().__init__()
        self.start_urls = [start]
        self.allowed_domains = [urlsplit(start).hostname]
        self.links = LinkExtractor()

    def parse(self, response):
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)
