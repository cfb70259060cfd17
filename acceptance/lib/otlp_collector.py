"""A collector of traces that writes a line for each span it gets (OTLP over HTTP, protobuf).

otlp_collector.py FOLDER: listens on a free port of the loopback, whose address it writes to FOLDER/collector,
and appends to FOLDER/spans: "NAME trace=… span=… parent=… status=… KEY=VALUE …".
"""

import gzip
import http.server
import os
import sys

FOLDER = sys.argv[1]


def fields(data):
    """The fields of a protobuf message: number -> values, integers or bytes."""
    found = {}
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        kind = tag & 7
        if kind == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value = data[at:at + size]
            if len(value) != size:
                raise ValueError("cut off")
            at += size
        found.setdefault(tag >> 3, []).append(value)
    return found


def first(message, number, absent=b""):
    return message.get(number, [absent])[0]


def attributes(message, number):
    words = []
    for pair in message.get(number, []):
        pair = fields(pair)
        value = fields(first(pair, 2))
        text = first(value, 1).decode() if 1 in value else str(first(value, 3, 0))
        words.append(first(pair, 1).decode() + "=" + text)
    return words


def lines(request):
    for resource_spans in fields(request).get(1, []):
        of = fields(resource_spans)
        resource = attributes(fields(first(of, 1)), 1)
        for scope_spans in of.get(2, []):
            for span in map(fields, fields(scope_spans).get(2, [])):
                status = first(fields(first(span, 15)), 3, 0)
                yield " ".join([first(span, 5).decode().replace(" ", "_"),
                                "trace=" + first(span, 1).hex(), "span=" + first(span, 2).hex(),
                                "parent=" + first(span, 4).hex(), "status=%d" % status,
                                *attributes(span, 9), *resource])


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        good = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
        if good:
            with open(FOLDER + "/spans", "a") as spans:
                spans.writelines(line + "\n" for line in lines(body))
        self.send_response(200 if good else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
with open(FOLDER + "/collector.new", "w") as address:
    address.write("http://127.0.0.1:%d" % server.server_address[1])
os.rename(FOLDER + "/collector.new", FOLDER + "/collector")
server.serve_forever()
