#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The dashboard as a person meets it: a real `querymark serve` in a real browser. Exit status 77, nothing tested:
Playwright or Chromium is missing.

usage: test_dashboard.py QUERYMARK [unittest options]

$QUERYMARK_SCREENSHOTS: a folder for pictures of every page, light and dark, wide and narrow.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service"))

import samples  # noqa: E402
import serving  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    CHROMIUM = None

SCREENSHOTS = os.environ.get("QUERYMARK_SCREENSHOTS")
HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'


# Texts whose contrast is less than 4.5 to 1 (WCAG 2, AA), disabled controls aside.
FAINT_TEXTS = """(() => {
    const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const light = (parts) => parts.slice(0, 3).map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (one) => {
        for (; one; one = one.parentElement) {
            const parts = parse(getComputedStyle(one).backgroundColor);
            if (parts.length === 3 || parts[3] === 1) return parts;
        }
        return [255, 255, 255];
    };
    const is_text = (one) => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    return [...document.body.querySelectorAll("*")].filter(one => is_text(one) && one.checkVisibility() && !one.disabled)
        .map(one => [light(parse(getComputedStyle(one).color)), light(behind(one)), one.textContent.trim().slice(0, 40)])
        .map(([a, b, text]) => [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text])
        .filter(([contrast]) => contrast < 4.5).map(([contrast, text]) => `${contrast.toFixed(2)} ${text}`);
})()"""


class Browser:
    """One browser for all tests; what its pages must never do is collected for the test that is running."""

    @classmethod
    def start(cls):
        cls.playwright = sync_playwright().start()
        cls.chromium = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

    @classmethod
    def stop(cls):
        cls.chromium.close()
        cls.playwright.stop()


class DashboardTest(unittest.TestCase):
    """A service with the samples in its store, or what `lines` gives, shared by the tests of a class."""

    options = ()
    listen = "127.0.0.1:0"

    @staticmethod
    def lines():
        return samples.fleet()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.home = pathlib.Path(cls.folder.name) / "home"
        list_file = pathlib.Path(cls.folder.name) / "sample.hosts"
        list_file.write_text(samples.LIST, encoding="utf8")
        subprocess.run([serving.QUERYMARK, "--quiet", "--home", str(cls.home), "domains", "import", str(list_file),
                        "--list", "sample-feed"], check=True)
        if lines := cls.lines():
            cls.put_into_store(lines)
        cls.service = serving.Served(cls.home, *cls.options, listen=cls.listen)
        cls.addClassCleanup(lambda: cls.service.kill())
        cls.context = Browser.chromium.new_context(viewport={"width": 1280, "height": 900})
        cls.addClassCleanup(cls.context.close)
        cls.context.set_default_timeout(8000)

    @classmethod
    def put_into_store(cls, lines):
        """Marked, as if they had been delivered a moment ago."""
        now = samples.datetime.datetime.now(samples.datetime.timezone.utc)
        folder = cls.home / now.strftime("store/dns-query-logs/%Y/%m/%d/%H")
        folder.mkdir(parents=True)
        subprocess.run([serving.QUERYMARK, "--quiet", "--home", str(cls.home), "mark", "--output", str(folder / "samples.gz")],
                       input="\n".join(lines), text=True, check=True)

    def setUp(self):
        self.complaints, self.foreign = [], []
        self.page = self.open_page()

    def tearDown(self):
        self.assertEqual(self.foreign, [], "requests to other hosts")
        self.assertEqual(self.complaints, [], "complaints of the browser")

    def open_page(self):
        """In the browser's window of this class: the page's files come from its cache, what a test has set is reset."""
        page = self.context.new_page()
        self.addCleanup(page.close)
        self.addCleanup(self.forget, page)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        page.on("request", lambda request: self.note(request.url))
        return page

    def forget(self, page):
        if page.url.startswith(self.service.url):
            page.evaluate("localStorage.clear()")

    def note(self, url):
        if not url.startswith((self.service.url, "blob:" + self.service.url)):
            self.foreign.append(url)

    def forgive(self, *patterns):
        """What the test itself has provoked."""
        self.complaints = [one for one in self.complaints if not any(re.search(each, one) for each in patterns)]

    def show(self, address="", page=None):
        page = page or self.page
        page.goto(self.service.url + "/" + address)
        return page

    def saved(self, button):
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button).first.click()
        return pathlib.Path(download.value.path()).read_text(encoding="utf8")


class Overview(DashboardTest):
    def test_tiles_count_and_lead_on(self):
        self.show()
        matched = self.page.get_by_role("link", name="matched").first
        expect(matched).to_contain_text("355")
        expect(self.page.get_by_role("link", name="list entries")).to_contain_text("4")
        matched.click()
        expect(self.page.get_by_role("heading", name="Search")).to_be_visible()
        expect(self.page.get_by_label("SQL")).to_have_value(re.compile("isMatchedDomain = 'Y'"))
        expect(self.page.get_by_role("region", name="Answer")).to_contain_text("c2.frostbyte-sample.com")

    def test_dragging_over_the_timeline_chooses_a_time(self):
        self.show()
        plot = self.page.locator(".u-over").first
        plot.hover()  # when it has been drawn in its room
        box = plot.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=4)
        self.page.mouse.up()
        self.page.wait_for_url(re.compile(r"from=.*to="))
        expect(self.page.get_by_role("link", name="logged queries")).not_to_contain_text("5,")
        self.page.get_by_role("button", name="All of the time").click()
        self.page.wait_for_url(lambda url: "from=" not in url)

    def test_threats_say_who_what_and_how_it_went(self):
        self.show()
        row = self.page.get_by_role("row", name="frostbyte-sample.com")
        for text in ("i-0a5d9f962502c5569", "vpc-", "sample-feed", "258", "answered"):
            expect(row).to_contain_text(text)
        expect(self.page.get_by_role("row", name="coinmixer-sample.top")).to_contain_text("blocked")
        expect(self.page.get_by_role("row", name="exploit-kit-sample.cc")).to_contain_text("no such name")
        self.page.get_by_label("Filter").fill("coinmixer")
        expect(row).to_have_count(0)

    def test_a_threat_opens_and_closes(self):
        self.show()
        self.page.get_by_role("link", name="coinmixer-sample.top").click()
        drawer = self.page.get_by_role("dialog")
        for text in ("top (ICANN section)", "sample-feed", "matches by coinmixer-sample.top", "pool1.coinmixer-sample.top",
                     "BLOCK", "Who asked for it"):
            expect(drawer).to_contain_text(text)
        self.page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        self.assertNotIn("domain=", self.page.url)

    def test_a_threat_has_an_address_of_its_own(self):
        self.show("#/?host=i-0a5d9f962502c5569&domain=frostbyte-sample.com")
        expect(self.page.get_by_role("dialog")).to_contain_text("c2.frostbyte-sample.com")
        self.page.get_by_role("button", name="Close").click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def test_threats_are_saved_and_defanged(self):
        self.show()
        expect(self.page.get_by_role("link", name="frostbyte-sample.com")).to_be_visible()
        rows = self.saved("Save CSV").splitlines()
        self.assertTrue(rows[0].startswith("host,srcaddr,vpc_id,domain,records,"))
        self.assertIn("frostbyte-sample.com", rows[1])
        self.page.get_by_label("Defang names").check()
        expect(self.page.get_by_role("link", name="frostbyte-sample[.]com")).to_be_visible()
        first = json.loads(self.saved("Save JSON").splitlines()[0])
        self.assertEqual((first["domain"], first["records"]), ("frostbyte-sample[.]com", 258))

    def test_by_keyboard_alone(self):
        self.show()
        expect(self.page.get_by_role("link", name="frostbyte-sample.com")).to_be_visible()
        self.page.keyboard.press("Tab")
        expect(self.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        self.page.get_by_role("link", name="frostbyte-sample.com").focus()
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("dialog")).to_be_visible()
        self.page.keyboard.press("Tab")
        self.assertTrue(self.page.evaluate("document.activeElement.closest('dialog') !== null"))


class ForEverybody(DashboardTest):
    """What those need who do not see the page, or not well."""

    PAGES = ("", "search", "live", "lists", "explain", "pipeline")

    @staticmethod
    def lines():
        return samples.fleet(hours=12)

    def test_every_control_has_a_name_and_every_page_a_heading(self):
        for name in self.PAGES:
            self.show("#/" + name)
            expect(self.page.get_by_role("heading", level=1)).to_be_attached()
            nameless = self.page.evaluate("""[...document.querySelectorAll("input, select, textarea, button, a")]
                .filter(one => !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim()))
                .map(one => one.outerHTML)""")
            self.assertEqual(nameless, [], name)

    def test_text_stands_out_from_what_is_behind_it(self):
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for name in self.PAGES:
                self.show("#/" + name)
                expect(self.page.get_by_role("heading", level=1)).to_be_attached()
                faint = self.page.evaluate(FAINT_TEXTS)
                self.assertEqual(faint, [], f"{name or 'overview'}, {scheme}")


class Search(DashboardTest):
    def test_fields_write_the_sql(self):
        self.show("#/search")
        self.page.get_by_label("Name", exact=True).fill("*.frostbyte-sample.com")
        self.page.get_by_label("Response code").select_option("NOERROR")
        sql = self.page.get_by_label("SQL")
        expect(sql).to_have_value(re.compile(r"ILIKE '%.frostbyte-sample.com%'\s+AND upper\(rcode\) = 'NOERROR'"))
        self.page.get_by_role("button", name="Search").click()
        expect(self.page.get_by_role("main").get_by_text("200 rows in")).to_be_visible()
        self.assertIn("name=*.frostbyte", self.page.url.replace("%2A", "*"))

    def test_quotes_are_text(self):
        self.show("#/search")
        self.page.get_by_label("Name", exact=True).fill("it's")
        self.page.get_by_role("button", name="Search").click()
        expect(self.page.get_by_text("No record is like that.")).to_be_visible()

    def test_sql_is_changed_and_run(self):
        self.show("#/search")
        sql = self.page.get_by_label("SQL")
        sql.fill("SELECT count(*) AS n FROM route53query WHERE isMatchedDomain = 'Y'")
        sql.press("Control+Enter")
        expect(self.page.get_by_role("cell", name="355")).to_be_visible()
        self.assertEqual(self.saved("Save CSV"), "n\n355\n")

    def test_mistakes_are_shown_where_they_are(self):
        self.show("#/search")
        sql = self.page.get_by_label("SQL")
        sql.fill("SELECT query_name\nFROM route53query WHERE nonsense = 1")
        self.page.get_by_role("button", name="Run").click()
        expect(self.page.get_by_text("nonsense").last).to_be_visible()
        expect(sql).to_be_focused()
        chosen = self.page.evaluate("(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.activeElement)")
        self.assertEqual(chosen, "nonsense = 1")
        self.forgive("400")

    def test_saved_questions(self):
        self.show("#/search?saved=top-domains")
        expect(self.page.get_by_role("region", name="Answer")).to_contain_text("frostbyte-sample.com")


class LargeStore(DashboardTest):
    """What takes long, as it does where the store is large."""

    @staticmethod
    def lines():
        return samples.fleet(hours=12)

    def test_an_overview_that_takes_long_says_so(self):
        self.page.route("**/api/overview*", lambda route: route.fulfill(json={"working": True, "overview": None}))
        self.show()
        expect(self.page.get_by_text("Reading the store…").first).to_be_visible()
        expect(self.page.get_by_role("link", name="Search")).to_be_visible()
        self.page.unroute("**/api/overview*")
        expect(self.page.get_by_role("row", name="frostbyte-sample.com")).to_be_visible()

    def test_a_question_that_takes_long_says_so_and_holds_up_no_other(self):
        self.show("#/search")
        expect(self.page.get_by_role("main").get_by_text("rows in")).to_be_visible()
        sql = self.page.get_by_label("SQL")
        sql.fill("SELECT count(*) FROM range(10000000) a, range(10000000) b")
        sql.press("Control+Enter")
        expect(self.page.get_by_text(re.compile(r"Working on it… \d+ s"))).to_be_visible()
        other = self.show("", self.open_page())
        expect(other.get_by_role("row", name="frostbyte-sample.com")).to_be_visible()
        self.show("#/explain?name=c2.frostbyte-sample.com", other)
        expect(other.locator(".path")).to_contain_text("sample-feed")
        sql.fill("SELECT 42 AS answer")
        sql.press("Control+Enter")
        expect(self.page.get_by_role("cell", name="42", exact=True)).to_be_visible()


class Lists(DashboardTest):
    @staticmethod
    def lines():
        return samples.fleet(hours=6)

    def test_a_list_is_tried_then_applied(self):
        self.show("#/lists")
        panel = self.page.get_by_role("region", name="Import a list")
        panel.get_by_label("or paste it").fill("0.0.0.0 fresh-sample.com\n0.0.0.0 10.1.2.3\n")
        panel.get_by_label("List").fill("pasted")
        apply = panel.get_by_role("button", name="Apply")
        expect(apply).to_be_disabled()
        panel.get_by_role("button", name="Try it").click()
        expect(panel).to_contain_text("Would be done: 1 new")
        expect(panel).to_contain_text("ip address")
        expect(self.page.get_by_role("button", name="pasted")).to_have_count(0)
        apply.click()
        expect(panel).to_contain_text("Done: 1 new")
        expect(self.page.get_by_role("button", name="pasted")).to_be_visible()
        panel.get_by_label("List").fill("other")
        expect(apply).to_be_disabled()

    def test_a_list_is_uploaded(self):
        self.show("#/lists")
        panel = self.page.get_by_role("region", name="Import a list")
        panel.get_by_label("File").set_input_files({"name": "uploaded.txt", "mimeType": "text/plain",
                                                    "buffer": b"seen at hxxp://up[.]loaded-sample.com/x\n"})
        expect(panel.get_by_label("List")).to_have_value("uploaded")
        panel.get_by_role("button", name="Try it").click()
        expect(panel).to_contain_text("Would be done: 1 new")

    def test_names_are_added_found_and_removed(self):
        self.show("#/lists")
        panel = self.page.get_by_role("region", name="Add names")
        panel.get_by_label("Names").fill("by-hand-sample.com")
        panel.get_by_label("Note").fill(HOSTILE)
        panel.get_by_role("button", name="Add").click()
        expect(panel).to_contain_text("1 new")
        entries = self.page.get_by_role("region", name="Find entries")
        entries.get_by_label("Name").fill("by-hand")
        entries.get_by_role("button", name="Find").click()
        expect(entries.get_by_role("row", name="by-hand-sample.com")).to_contain_text(HOSTILE)
        self.page.on("dialog", lambda dialog: dialog.accept())
        entries.get_by_role("button", name="remove").click()
        expect(entries).to_contain_text("No entry is like that.")
        self.assertIsNone(self.page.evaluate("window.broken ?? null"))

    def test_no_name_is_refused(self):
        self.show("#/lists")
        panel = self.page.get_by_role("region", name="Add names")
        panel.get_by_label("Names").fill("10.0.0.1")
        panel.get_by_role("button", name="Add").click()
        expect(panel).to_contain_text("an IP address, not a domain name")
        self.forgive("400")

    def test_a_threat_is_allowed(self):
        self.show("#/?days=0&domain=telemetry-sample.net&host=x")
        self.page.on("dialog", lambda dialog: dialog.accept())
        drawer = self.page.get_by_role("dialog")
        drawer.get_by_role("button", name="Allow this domain").click()
        expect(drawer).to_contain_text("Allowed")
        self.show("#/explain?name=telemetry-sample.net")
        path = self.page.locator(".path")
        for _ in range(50):  # the service takes the new table a moment later
            self.page.get_by_role("button", name="Explain").click()
            expect(path).to_contain_text("telemetry-sample.net")
            if "allowed by" in path.inner_text():
                break
            time.sleep(0.1)
        expect(path).to_contain_text("allowed by telemetry-sample.net")

    def test_explain(self):
        self.show("#/explain")
        self.page.get_by_label("Domain name").fill("c2.frostbyte-sample.com")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".path")).to_contain_text("com (ICANN section)")
        expect(self.page.locator(".path")).to_contain_text("matches by frostbyte-sample.com in sample-feed")


class LiveAndPipeline(DashboardTest):
    @staticmethod
    def lines():
        return samples.fleet(hours=3)[:50]

    def test_live_shows_what_was_just_taken(self):
        self.show("#/live")
        host = samples.HOSTS[0]
        now = samples.datetime.datetime.now(samples.datetime.timezone.utc)
        expect(self.page.get_by_role("table")).to_be_visible()
        self.service.ingest([samples.record(now, host, "now.frostbyte-sample.com"),
                             samples.record(now, host, "now.example.com")])
        row = self.page.get_by_role("row", name="now.frostbyte-sample.com")
        expect(row).to_contain_text("matched")
        expect(self.page.get_by_role("row", name="now.example.com")).to_be_visible()
        self.page.get_by_label("Only matched").check()
        expect(self.page.get_by_role("row", name="now.example.com")).to_have_count(0)
        self.page.get_by_role("button", name="Pause").click()
        self.service.ingest([samples.record(now, host, "meanwhile.frostbyte-sample.com")])
        expect(self.page.get_by_text("paused", exact=True)).to_be_visible()
        self.page.get_by_role("button", name="Go on").click()
        expect(self.page.get_by_role("row", name="meanwhile.frostbyte-sample.com")).to_be_visible()

    def test_live_asks_from_time_to_time_where_too_many_watch(self):
        self.page.route("**/api/stream*", lambda route: route.fulfill(status=503))
        self.show("#/live")
        expect(self.page.get_by_text("asking from time to time")).to_be_visible()
        now = samples.datetime.datetime.now(samples.datetime.timezone.utc)
        self.service.ingest([samples.record(now, samples.HOSTS[0], "asked.example.com")])
        expect(self.page.get_by_role("row", name="asked.example.com")).to_be_visible()
        self.forgive("503")

    def test_live_goes_on_when_the_service_has_started_anew(self):
        self.show("#/live")
        now = samples.datetime.datetime.now(samples.datetime.timezone.utc)
        self.service.ingest([samples.record(now, samples.HOSTS[0], "before.example.com")])
        expect(self.page.get_by_role("row", name="before.example.com")).to_be_visible()
        port = self.service.port
        self.service.stop()
        expect(self.page.get_by_text("connecting again")).to_be_visible()
        type(self).service = serving.Served(self.home, listen=f"127.0.0.1:{port}")
        expect(self.page.get_by_text("live", exact=True)).to_be_visible()
        self.service.ingest([samples.record(now, samples.HOSTS[0], "after.example.com")])
        expect(self.page.get_by_role("row", name="after.example.com")).to_be_visible()
        expect(self.page.get_by_role("row", name="before.example.com")).to_be_visible()
        expect(self.page.get_by_text("Records came here that this page did not get.")).to_be_visible()
        self.forgive("ERR_")

    def test_pipeline_adds_up(self):
        self.show("#/pipeline")
        expect(self.page.get_by_text("adds up", exact=True)).to_have_count(3)
        expect(self.page.get_by_role("main")).to_contain_text("unmatched")


class Hostile(DashboardTest):
    @staticmethod
    def lines():
        now = samples.datetime.datetime.now(samples.datetime.timezone.utc)
        return [samples.record(now, (HOSTILE, HOSTILE, HOSTILE), HOSTILE + ".frostbyte-sample.com", query_type=HOSTILE,
                               rcode=HOSTILE, answers=[{"Rdata": HOSTILE, "Type": "TXT", "Class": "IN"}]),
                samples.record(now, samples.HOSTS[1], "=1+1." + "a" * 60 + ".frostbyte-sample.com",
                               query_timestamp=HOSTILE)]

    def test_nothing_of_a_record_is_markup(self):
        self.show()
        expect(self.page.get_by_role("table").first).to_contain_text(HOSTILE)
        self.page.get_by_role("link", name="frostbyte-sample.com").first.click()
        expect(self.page.get_by_role("dialog")).to_contain_text(HOSTILE)
        self.show("#/search")
        expect(self.page.get_by_role("region", name="Answer")).to_contain_text(HOSTILE)
        self.assertIsNone(self.page.evaluate("window.broken ?? null"))
        self.show("#/live")
        self.service.ingest(self.lines())
        expect(self.page.get_by_role("table")).to_contain_text(HOSTILE)
        self.assertIsNone(self.page.evaluate("window.broken ?? null"))

    def test_nothing_of_an_address_is_markup(self):
        for address in (f"#/?domain={HOSTILE}&host={HOSTILE}", f"#/explain?name={HOSTILE}", f"#/search?sql={HOSTILE}",
                        f"#/search?name={HOSTILE}"):
            self.show(address)
            self.page.reload()
            expect(self.page.get_by_role("heading").first).to_be_attached()
            time.sleep(0.2)
            self.assertIsNone(self.page.evaluate("window.broken ?? null"))
        self.forgive("400")

    def test_no_cell_is_a_formula(self):
        self.show("#/search?sql=SELECT '=1%2B1' AS a, '-1' AS b, '-x' AS c")
        expect(self.page.get_by_role("cell", name="=1+1")).to_be_visible()
        self.assertEqual(self.saved("Save CSV"), "a,b,c\n'=1+1,-1,'-x\n")


class Beginning(DashboardTest):
    @staticmethod
    def lines():
        return []

    def test_an_empty_store_says_what_to_do(self):
        self.show("#/?days=0")
        expect(self.page.get_by_role("main")).to_contain_text("Nothing has been delivered")
        expect(self.page.get_by_role("main")).to_contain_text("No query matched")
        for page in ("search", "live", "lists", "explain", "pipeline"):
            self.show("#/" + page)
            expect(self.page.get_by_role("heading").first).to_be_visible()

    def test_the_service_starts_anew_under_the_page(self):
        self.show("#/search")
        expect(self.page.get_by_role("main").get_by_text("0 rows in")).to_be_visible()
        port = self.service.port
        self.service.stop()
        self.show_overview_without_reload()
        expect(self.page.get_by_role("alert")).to_contain_text("does not answer")
        type(self).service = serving.Served(self.home, listen=f"127.0.0.1:{port}")
        expect(self.page.get_by_role("alert")).to_be_hidden()
        self.page.evaluate("location.hash = '#/search'")
        self.page.get_by_role("button", name="Run").click()
        expect(self.page.get_by_role("main").get_by_text("0 rows in")).to_be_visible()
        self.forgive("ERR_CONNECTION", "403")

    def show_overview_without_reload(self):
        self.page.evaluate("location.hash = '#/pipeline'")


class Password(DashboardTest):
    listen = "0.0.0.0:0"

    @classmethod
    def setUpClass(cls):
        done = subprocess.run([serving.QUERYMARK, "serve", "--hash-password"], input="correct horse\n", text=True,
                              capture_output=True, check=True)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        keys = pathlib.Path(folder.name) / "access-keys"
        keys.write_text("A" * 32 + "\n", encoding="utf8")
        keys.chmod(0o600)
        cls.options = ("--dashboard-password-hash", done.stdout.strip(), "--access-keys", str(keys))
        super().setUpClass()

    @staticmethod
    def lines():
        return []

    def test_is_asked_for(self):
        self.show("#/pipeline")
        self.page.get_by_label("Password or token").fill("wrong")
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("alert").last).to_contain_text("not the password")
        self.page.get_by_label("Password or token").fill("correct horse")
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("heading", name="Pipeline")).to_be_visible()
        self.page.get_by_role("button", name="Log out").click()
        expect(self.page.get_by_label("Password or token")).to_be_visible()
        self.forgive("403", "401")


@unittest.skipUnless(SCREENSHOTS, "no folder is given")
class Screenshots(DashboardTest):
    PAGES = {"overview": "#/", "threat": "#/?host=i-0a5d9f962502c5569&domain=frostbyte-sample.com",
             "search": "#/search?matched=Y", "lists": "#/lists", "explain": "#/explain?name=c2.frostbyte-sample.com",
             "live": "#/live", "pipeline": "#/pipeline"}
    WIDTHS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}

    def test_every_page(self):
        folder = pathlib.Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        for name, address in self.PAGES.items():
            self.page.set_viewport_size(self.WIDTHS["wide"])
            self.show(address)
            self.page.reload()
            self.wait_until_filled(name)
            for width, size in self.WIDTHS.items():
                self.page.set_viewport_size(size)
                for scheme in ("light", "dark"):
                    self.page.emulate_media(color_scheme=scheme)
                    self.picture(name, folder / f"{name}-{scheme}-{width}.png")

    def wait_until_filled(self, name):
        expect(self.page.get_by_role("heading").first).to_be_attached()
        if name == "live":
            self.service.ingest(samples.fleet(hours=3)[-40:])
            expect(self.page.get_by_role("row").nth(5)).to_be_visible()
        expect(self.page.get_by_text(re.compile("Working on it|Reading the store|Asking the service"))).to_have_count(0)
        if name in ("overview", "lists"):
            expect(self.page.get_by_text("…", exact=True)).to_have_count(0)

    def picture(self, name, path):
        # What is drawn anew for the width and the colours is there after two frames.
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.assertLessEqual(overflow, 0, f"{path.name} is wider than its window")
        self.page.screenshot(path=path, full_page=name not in ("threat", "search"))


if __name__ == "__main__":
    if CHROMIUM is None:
        print("skipped: Playwright (tests/requirements.txt) or Chromium (packaging/apt-packages-test) is not there")
        sys.exit(77)
    Browser.start()
    try:
        serving.main(sys.argv)
    finally:
        Browser.stop()
