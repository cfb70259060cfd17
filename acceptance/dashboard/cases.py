"""The cases of ../dashboard.sh: JCTL WORK LAB. Each prints one line, as lib/cases.sh has it.

PICTURE=FOLDER in the environment keeps pictures of the page there.
"""
import json
import os
import re
import subprocess
import sys
import traceback
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402

jctl, work, lab = sys.argv[1:]
STEADY = "trap 'exit 0' TERM; n=0; while :; do n=$((n + 1)); %s; sleep 1 & wait $!; done"
HOSTILE = STEADY % r"""printf '<script>document.title=1</script> \033[31mred\033[0m\033]0;mine\007 line %d\n' $n"""
MARKUP = "<img src=x onerror=document.title=2>"
# Of each animation over a distance: the task, and where its tile is now.
WATCH = """window.stays = true; window.moves = []; const animate = Element.prototype.animate;
Element.prototype.animate = function (frames, options) {
  if (/translate/.test(frames[0].transform) && this.dataset.name) {
    window.moves.push([this.dataset.name, this.closest('.lane').dataset.name]);
  }
  return animate.call(this, frames, options);
};"""
TILES = """return [...document.querySelectorAll('.tile')].filter(each => each.dataset.state === 'running')
    .map(each => [each.parentElement.dataset.name, each.closest('.lane').dataset.name]);"""


def run(node, *words):
    environment = dict(os.environ, JCTL_HOST="unix://%s/%s/node%d/run/jctl.sock" % (work, lab, node))
    done = subprocess.run([jctl, *words], env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError("jctl %s exited with %d: %s" % (" ".join(words), done.returncode, done.stderr.strip()))
    return done.stdout.strip()


def on_lab(command, node):
    subprocess.run([jctl, "lab", "cluster", command, "--base", work, "--name", lab, node], check=True,
                   capture_output=True, timeout=120)


def host(number):
    return "%s-node%d" % (lab, number)


def keep_picture(browser, name):
    if os.environ.get("PICTURE"):
        browser.picture("%s/%s.png" % (os.environ["PICTURE"], name))


def case(name, body):
    try:
        body()
        print("ok " + name, flush=True)
    except Exception as error:
        print("not ok %s: %s" % (name, " ".join(str(error).split())[:600]), flush=True)
        if not isinstance(error, AssertionError):
            traceback.print_exc()


def equal(wanted, found):
    if wanted != found:
        raise AssertionError("wanted %r, found %r" % (wanted, found))


def status(url, method="GET", **headers):
    """The status and headers of an answer; of a stream its beginning is enough."""
    request = urllib.request.Request(url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


def who_may_look(link):
    base, token = link.split("/?token=")
    address = base[len("http://"):]
    cookie = "jctl_dashboard_%s=%s" % (address.split(":")[1], token)

    def without_the_token():
        for path in ("/", "/main.js", "/events", "/logs?name=web", "/why?kind=service&id=x", "/session"):
            equal(401, status(base + path)[0])
            equal(401, status(base + path, Cookie=cookie[:-1])[0])
    case("without the token nothing is seen", without_the_token)
    case("a token that is none is refused", lambda: equal(403, status(link[:-4] + "0000")[0]))
    case("with it the page is", lambda: equal(200, status(base + "/", Cookie=cookie)[0]))

    def wrong_host():
        for name in ("evil.example", "evil.example:2380", "127.0.0.1.evil.example", "10.1.2.3"):
            equal(403, status(base + "/events", Cookie=cookie, Host=name)[0])
            equal(403, status(link, Host=name)[0])
    case("a name that points here sees nothing", wrong_host)
    case("a forwarded port does", lambda: equal(200, status(base + "/", Cookie=cookie, Host="localhost:9999")[0]))

    def another_page():
        equal(403, status(base + "/events", Cookie=cookie, Origin="http://evil.example")[0])
        equal(403, status(base + "/events", Cookie=cookie, Origin="null")[0])
        equal(403, status(base + "/why?kind=node&id=x", Cookie=cookie, Sec_Fetch_Site="cross-site")[0])
        equal(403, status(base + "/main.js", Cookie=cookie, Sec_Fetch_Site="same-site")[0])
    case("another page sees nothing", another_page)

    def only_reading():
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            equal(405, status(base + "/events", method, Cookie=cookie)[0])
    case("nothing can be changed", only_reading)

    def headers():
        _, found = status(base + "/", Cookie=cookie)
        for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"):
            if part not in found["Content-Security-Policy"]:
                raise AssertionError(part + " is not in " + found["Content-Security-Policy"])
        equal(("nosniff", "no-referrer"), (found["X-Content-Type-Options"], found["Referrer-Policy"]))
        _, found = status(link)
        if not re.search("HttpOnly; SameSite=Strict", found["Set-Cookie"]):
            raise AssertionError(found["Set-Cookie"])
    case("browsers are told to be strict", headers)


def look(browser, link):
    def entered():
        browser.open(link)
        browser.until("the page", "return location.pathname === '/' && location.search === ''"
                      " && document.getElementById('live')?.dataset.live === 'live'")
        equal("", browser.run("return document.cookie"))
    case("the link leads to the page, and the token out of sight", entered)
    case("three nodes are there", lambda: browser.until("three lanes",
         "return document.querySelectorAll('.lane[data-state=ready]').length === 3"))
    case("one leads", lambda: browser.until("the mark", "return [...document.querySelectorAll('.mark.leader')].map("
         "each => each.closest('.lane').dataset.name).join() === arguments[0]", host(1)))
    case("it says how to begin", lambda: browser.until("the hint", "return !document.getElementById('no-services').hidden"))

    def appears():
        browser.run(WATCH)
        run(1, "service", "create", "-d", "--name", "web", "--replicas", "6", "--reserve-memory", "32m", "l:1", "sh", "-c",
            HOSTILE)
        browser.until("six tiles", "return (function () {" + TILES + "})().length === 6")
        browser.until("six of six", "return document.querySelector('.service[data-name=web] .count').textContent === '6/6'")
        equal(True, browser.run("return window.stays"))
    case("a service appears by itself, and runs", appears)

    def reason():
        said = run(1, "why", "web")
        sentence = re.search(r"\S+ got \d+: .*", said)
        if not sentence:
            raise AssertionError("jctl why says no such thing: " + said)
        browser.until("its sentence", "return document.getElementById('feed').innerText.includes(arguments[0])",
                      sentence.group())
    case("why it is where it is stands there in the words of jctl why", reason)

    def moved(away):
        browser.until("all six elsewhere", "const tiles = (function () {" + TILES + "})();"
                      "return new Set(tiles.map(each => each[0])).size === 6"
                      " && tiles.every(each => each[1] !== arguments[0])", away)
        moves = browser.run("return window.moves.splice(0)")
        if not any(re.fullmatch(r"web\.\d", name) and lane != away for name, lane in moves):
            raise AssertionError("no tile went to another lane: %r" % moves)
        equal(True, browser.run("return window.stays"))

    def drained():
        there = [name for name, lane in browser.run(TILES) if lane == host(2)]
        if not there:
            raise AssertionError("nothing to move")
        browser.run("window.moves = []")
        run(1, "node", "drain", host(2))
        moved(host(2))
        browser.until("the word", "return document.querySelector('.lane[data-name=\"%s\"]').dataset.state === 'drained'"
                      % host(2))
        keep_picture(browser, "drained")
    case("a node is drained, and its tiles go elsewhere", drained)

    def dies():
        run(1, "node", "activate", host(2))
        browser.run("window.moves = []")
        on_lab("power-off", "node3")
        browser.until("the word", "return document.querySelector('.lane[data-name=\"%s\"]').dataset.state === 'down'"
                      % host(3))
        moved(host(3))
        browser.until("the cause", "return new RegExp('is down|made anew, since').test("
                      "document.getElementById('feed').innerText)")
    case("a node dies, and its tiles go elsewhere", dies)

    def unplaced():
        run(1, "service", "create", "-d", "--name", "huge", "--reserve-memory", "90000g", "l:1", "sleep", "1000")
        browser.until("its tile", "return [...document.querySelectorAll('.lane.waiting .tile')].some("
                      "each => each.innerText.includes('huge.1'))")
        browser.until("its reason", "return /lacks? .* of memory/.test(document.getElementById('feed').innerText)")
        keep_picture(browser, "unplaced")
    case("what has no node waits, and the reason is there", unplaced)


def details(browser):
    def by_keyboard():
        browser.run("document.querySelector('.service[data-name=web]').focus()")
        browser.keys("\ue007")
        browser.until("the details", "return !document.getElementById('panel').hidden"
                      " && document.activeElement.id === 'panel-title'"
                      " && document.getElementById('panel-title').textContent === 'web'")
        browser.until("why", "return document.getElementById('why').textContent.startsWith('web: ')")
    case("a service opens by the keyboard, and says why", by_keyboard)

    def logs():
        line = browser.until("a line", "const texts = [...document.querySelectorAll('#logs .text')]"
                             ".map(each => each.textContent).filter(each => / line \\d+$/.test(each));"
                             "return texts.length > 5 && texts[0]")
        equal("<script>document.title=1</script> red line", re.sub(r" \d+$", "", line))
        browser.until("lines of all six", "return new Set([...document.querySelectorAll('#logs .task')].map("
                      "each => each.textContent.split('@')[0])).size === 6")
        equal(0, browser.run("return document.querySelectorAll('#logs script').length"))
        keep_picture(browser, "logs")
    case("its logs are followed, all tasks', and do nothing", logs)

    def pause():
        browser.run("document.getElementById('logs-pause').click()")
        count = browser.run("return document.querySelectorAll('#logs li').length")
        browser.until("lines held back", "return /paused, \\d+ more/.test(document.getElementById('logs-state').textContent)")
        equal(count, browser.run("return document.querySelectorAll('#logs li').length"))
        browser.run("document.getElementById('logs-pause').click()")
        browser.until("what was held", "return document.querySelectorAll('#logs li').length > arguments[0]", count)
    case("they pause, and lose nothing", pause)

    def closes():
        browser.keys("\ue00c")
        browser.until("closed", "return document.getElementById('panel').hidden"
                      " && document.activeElement.dataset.name === 'web'")
    case("Escape closes it, and the focus is back", closes)

    def hostile():
        run(1, "node", "label", host(1), "note=" + MARKUP)
        browser.run("[...document.querySelectorAll('.lane button.name')].find("
                    "each => each.textContent === arguments[0]).click()", host(1))
        browser.until("the label as text", "return document.getElementById('panel-facts').textContent.includes("
                      "arguments[0]) && !document.querySelector('#panel img')", MARKUP)
        if not re.fullmatch(r"\d+/\d+ running.*", browser.run("return document.title")):
            raise AssertionError("somebody wrote the title: " + browser.run("return document.title"))
        browser.keys("\ue00c")
    case("markup in names is text", hostile)


def at_large(browser):
    def names():
        equal([], browser.run("return [...document.querySelectorAll('button, input, [role]')].filter(each =>"
                              " !(each.innerText ?? '').trim() && !each.getAttribute('aria-label')"
                              " && !each.getAttribute('aria-labelledby') && !each.closest('label')"
                              " && each.offsetParent).map(each => each.outerHTML)"))
        equal([], browser.run("return [...document.querySelectorAll('[aria-labelledby]')].filter(each =>"
                              " !document.getElementById(each.getAttribute('aria-labelledby')))"
                              ".map(each => each.outerHTML)"))
    case("everything that can be chosen has a name", names)

    def sizes():
        for width in (390, 1280):
            browser.resize(width, 844)
            equal(True, browser.run("return document.documentElement.scrollWidth <= innerWidth"))
            keep_picture(browser, "width-%d" % width)
    case("nothing is cut off at 390 nor at 1280", sizes)

    def schemes():
        grounds = []
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            grounds.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
        if grounds[0] == grounds[1]:
            raise AssertionError("one ground for both: %r" % grounds)
    case("it is light or dark as the system is", schemes)
    case("the console has nothing to say", lambda: equal([], browser.complaints()))


def the_end(browser, address):
    def off_and_on():
        run(1, "dashboard", "--off")
        browser.until("that it is gone", "return /does not answer/.test(document.getElementById('banner').textContent)")
        run(1, "dashboard", "--addr", address)
        browser.until("that the link is old", "return /jctl dashboard/.test(document.getElementById('banner').textContent)")
    case("turned off and on, another link is needed, and the page says so", off_and_on)


def main():
    link = run(1, "dashboard", "--addr", address_of(1) + ":2380")
    case("the link is the same when it is asked for again", lambda: equal(link, run(1, "dashboard")))
    who_may_look(link)
    with Browser(work + "/browser") as browser:
        look(browser, link)
        details(browser)
        at_large(browser)
        the_end(browser, address_of(1) + ":2380")

        def worker():
            browser.open(run(2, "dashboard", "--addr", address_of(2) + ":2380"))
            browser.until("what it is", "return /is a worker of a cluster/.test(document.body.innerText)"
                          " && document.body.innerText.includes(arguments[0])", address_of(1) + ":2377")
            keep_picture(browser, "worker")
        case("a worker's says who has the state", worker)


def address_of(number):
    with open("%s/%s/lab.json" % (work, lab)) as file:
        subnet = json.load(file)["subnet"]
    return subnet.rsplit(".", 1)[0] + ".%d" % number


main()
