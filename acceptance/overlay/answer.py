#!/usr/bin/python3
"""A server for tests: answer.py PORT. Answers HTTP and datagrams on the port with $NAME and the client's address.
When it is told to end it takes no more connections, finishes those it has and goes."""
import http.server
import os
import signal
import socket
import socketserver
import sys
import threading
import time

port = int(sys.argv[1])
name = os.environ.get("NAME", socket.gethostname())
ending = threading.Event()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(2)
        body = f"{name} {self.client_address[0].removeprefix('::ffff:')}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if ending.is_set():
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 1024
    daemon_threads = False
    timed_out = False

    def handle_timeout(self):
        self.timed_out = True


def datagrams():
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.bind(("::", port))
    while True:
        _, client = server.recvfrom(65536)
        server.sendto(f"{name} {client[0].removeprefix('::ffff:')}\n".encode(), client)


def end(*_):
    ending.set()
    threading.Thread(target=server.shutdown).start()


server = Server(("::", port), Answer)
threading.Thread(target=datagrams, daemon=True).start()
signal.signal(signal.SIGTERM, end)
server.serve_forever(poll_interval=0.05)
# Who was let in by the kernel already is answered.
server.timeout = 0.5
waits = True
while waits:
    server.timed_out = False
    server.handle_request()
    waits = not server.timed_out
server.server_close()
os._exit(0)
