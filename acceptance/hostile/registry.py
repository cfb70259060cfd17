"""A registry of one image, on a free port of loopback, whose layer comes slowly until it is told otherwise.

registry.py FOLDER: the port is written to FOLDER/port; the layer's second half comes once FOLDER/go is there. FOLDER/halves
gets a line whenever a first half, or what a client lacked of it, is sent.
"""
import gzip
import hashlib
import http.server
import io
import json
import os
import sys
import tarfile
import time

folder = sys.argv[1]
LAYER_BYTES = 24 << 20


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer():
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("random")
        entry.size = LAYER_BYTES
        tar.addfile(entry, io.BytesIO(os.urandom(LAYER_BYTES)))
    return archive.getvalue()


plain = layer()
blob = gzip.compress(plain, 1)
config = json.dumps({"architecture": "amd64" if os.uname().machine == "x86_64" else "arm64", "os": "linux",
                     "config": {"Cmd": ["/random"]},
                     "rootfs": {"type": "layers", "diff_ids": [digest(plain)]}}).encode()
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
manifest = json.dumps({
    "schemaVersion": 2, "mediaType": MANIFEST,
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config),
               "size": len(config)},
    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(blob),
                "size": len(blob)}]}).encode()
BLOBS = {digest(blob): blob, digest(config): config}


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, data, kind="application/octet-stream", start=0):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if kind == MANIFEST:
            self.send_header("Docker-Content-Digest", digest(data))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            middle = max(start, len(data) // 2) if data is blob else start
            self.wfile.write(data[start:middle])
            self.wfile.flush()
            if data is blob:
                with open(folder + "/halves", "a") as halves:
                    halves.write("sent\n")
            while data is blob and not os.path.exists(folder + "/go"):
                time.sleep(0.1)
            self.wfile.write(data[middle:])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        if self.path == "/v2/":
            self.answer(200, b"{}", "application/json")
        elif "/manifests/" in self.path:
            self.answer(200, manifest, MANIFEST)
        elif name in BLOBS:
            wanted = self.headers.get("Range", "")
            start = int(wanted[6:].split("-")[0]) if wanted.startswith("bytes=") else 0
            self.answer(206 if start else 200, BLOBS[name], start=start)
        else:
            self.answer(404, b"{}", "application/json")

    do_HEAD = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
with open(folder + "/port.new", "w") as text:
    text.write(str(server.server_address[1]))
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
