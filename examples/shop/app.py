"""The shop: counts what was sold in the store, and says which task did. With "check": whether the one of this container answers."""
import http.server
import os
import signal
import sys
import urllib.request

import redis

PORT = 8000

if sys.argv[1:] == ["check"]:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=3).read()
    sys.exit()

with open("/run/secrets/password") as secret:
    store = redis.Redis("store", password=secret.read().strip(), socket_timeout=3)


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            if self.path == "/health":
                store.ping()
                self.say(200, "well\n")
            else:
                self.say(200, f"{store.incr('sold')} sold, the last by {os.environ['NAME']}\n")
        except redis.RedisError as failure:
            self.say(503, f"the store does not answer: {failure}\n")

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words):
        pass


def end(*_):
    sys.exit()


# As the first process of its container it would not hear the signal otherwise.
signal.signal(signal.SIGTERM, end)
http.server.ThreadingHTTPServer(("", PORT), Shop).serve_forever()
