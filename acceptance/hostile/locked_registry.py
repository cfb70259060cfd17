"""A registry over TLS that asks for a name and a password (Basic, RFC 7617), on a free port of an address.

locked_registry.py FOLDER ADDRESS: serves the OCI layout in FOLDER/image as any repository with the tag 1. FOLDER/login holds
NAME:PASSWORD as they are now, FOLDER/tls.pem the server's certificate and key. The port is written to FOLDER/port;
FOLDER/asked gets a line "STATUS CLIENT METHOD PATH" for each request.
"""
import base64
import hmac
import http.server
import json
import os
import ssl
import sys

folder, address = sys.argv[1:]
BLOBS = folder + "/image/blobs/sha256/"
with open(folder + "/image/index.json") as text:
    index = json.load(text)["manifests"][0]


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, data=b"", kind="application/json", **headers):
        with open(folder + "/asked", "a") as asked:
            asked.write(f"{status} {self.client_address[0]} {self.command} {self.path}\n")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def may(self):
        with open(folder + "/login", "rb") as login:
            wanted = b"Basic " + base64.b64encode(login.read().strip())
        return hmac.compare_digest(wanted, self.headers.get("Authorization", "").encode())

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        path = BLOBS + (index["digest"] if name == "1" else name).removeprefix("sha256:")
        if not self.may():
            self.answer(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', WWW_Authenticate='Basic realm="locked"')
        elif self.path == "/v2/":
            self.answer(200, b"{}")
        elif "/" in path[len(BLOBS):] or not os.path.exists(path):
            self.answer(404, b"{}")
        else:
            with open(path, "rb") as blob:
                data = blob.read()
            manifest = "/manifests/" in self.path
            self.answer(200, data, self.kind(data) if manifest else "application/octet-stream",
                        **({"Docker_Content_Digest": index["digest"]} if name == "1" else {}))

    def kind(self, data):
        return json.loads(data).get("mediaType", index["mediaType"])

    do_HEAD = do_GET


class Server(http.server.ThreadingHTTPServer):
    def get_request(self):
        connection, client = super().get_request()
        connection.settimeout(30)
        # The handshake is the handler's thread's: a client that does not speak must not keep the others waiting.
        return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), client


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/tls.pem")
server = Server((address, 0), Registry)
with open(folder + "/port.new", "w") as text:
    text.write(str(server.server_address[1]))
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
