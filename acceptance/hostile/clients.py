"""Clients of a node daemon that behave badly: many at once, silent, deaf, or talking rubbish.

clients.py SOCKET COMMAND [ARGUMENT...]; each command prints what it saw and ends by itself.
HTTP/2 is spoken by hand, since no library lets a client be this rude.
"""
import os
import random
import resource
import select
import socket
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PATIENCE_SECONDS = 60


def connected(path):
    end = socket.socket(socket.AF_UNIX)
    end.settimeout(PATIENCE_SECONDS)
    # A full backlog answers EAGAIN; an honest client tries again, so this one does.
    for _ in range(3000):
        try:
            end.connect(path)
            return end
        except BlockingIOError:
            time.sleep(0.01)
    raise OSError("nobody accepts on " + path)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """A header field never indexed and not compressed (RFC 7541 §6.2.3)."""
    def text(word):
        return (bytes([len(word)]) if len(word) < 127
                else b"\x7f" + varint(len(word) - 127)) + word
    return b"\x10" + text(name) + text(value)


def varint(number):
    out = b""
    while number >= 128:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def headers(method, stream=1):
    block = b"".join(literal(name, value) for name, value in (
        (b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"localhost"),
        (b":path", b"/jctl.node.v1.Node/" + method.encode()),
        (b"te", b"trailers"), (b"content-type", b"application/grpc")))
    return frame(HEADERS, END_HEADERS, stream, block)


def field(number, value):
    """A protobuf field: bytes and text by length, numbers as they are."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(payload):
    return b"\0" + struct.pack(">I", len(payload)) + payload


def request(method, payload=b"", stream=1, last=True):
    return headers(method, stream) + frame(DATA, END_STREAM if last else 0, stream, message(payload))


def hello():
    return PREFACE + frame(SETTINGS, 0, 0)


def answered(end):
    """Reads frames until a stream ends; true if the daemon ended it with an answer of any kind."""
    buffer = b""
    while True:
        while len(buffer) >= 9:
            length = int.from_bytes(buffer[:3], "big")
            if len(buffer) < 9 + length:
                break
            kind, flags = buffer[3], buffer[4]
            if kind in (DATA, HEADERS) and flags & END_STREAM or kind == RST_STREAM:
                return True
            if kind == SETTINGS and not flags & ACK:
                end.sendall(frame(SETTINGS, ACK, 0))
            if kind == GOAWAY:
                return False
            buffer = buffer[9 + length:]
        more = end.recv(65536)
        if not more:
            return False
        buffer += more


def serves(path):
    with connected(path) as end:
        end.sendall(hello() + request("Version"))
        return answered(end)


def crowd(path, count, container):
    """As many long calls held open as short ones made beside them."""
    held = []
    kinds = (("Events", b""), ("Logs", field(1, container) + field(2, 1)),
             ("WaitContainer", field(1, container)))
    for number in range(count):
        end = connected(path)
        method, payload = kinds[number % len(kinds)]
        end.sendall(hello() + request(method, payload))
        held.append(end)
    good = 0
    short = [connected(path) for _ in range(count)]
    for number, end in enumerate(short):
        end.sendall(hello() + (request("Version") if number % 2 else request("ListContainers")))
    for end in short:
        good += answered(end)
        end.close()
    print("answered", good, "of", count)
    # Open still: nothing but a reset or an end of the stream would say otherwise.
    ended = 0
    for end in held:
        end.settimeout(0.001)
        try:
            ended += end.recv(1 << 16) == b""
        except TimeoutError:
            pass
    print("held", len(held) - ended, "of", count)
    sys.stdout.flush()
    sys.stdin.readline()


def silent(path, count, seconds):
    """Connects and says nothing; tells whether others are served, and how many were hung up on in time."""
    ends = [connected(path) for _ in range(count)]
    print("connected", len(ends), "others served", serves(path))
    sys.stdout.flush()
    poll = select.poll()
    open_ends = {}
    for end in ends:
        end.setblocking(False)
        open_ends[end.fileno()] = end
        poll.register(end, select.POLLIN)
    deadline = time.monotonic() + seconds
    while open_ends and time.monotonic() < deadline:
        for number, _ in poll.poll(500):
            try:
                over = open_ends[number].recv(65536) == b""
            except ConnectionResetError:
                over = True
            if over:
                poll.unregister(number)
                open_ends.pop(number).close()
    print("dropped", count - len(open_ends), "of", count)


def deaf(path, count, method, container):
    """Asks for a stream and reads nothing of it, with windows as wide as can be."""
    ends = []
    for _ in range(count):
        end = connected(path)
        payload = field(1, container) if container else b""
        if method == "Logs":
            payload += field(2, 1)
        if method == "Attach":
            # SessionRequest.attach
            payload = field(2, payload)
        wide = PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0x7fffffff)) \
            + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7fffffff - 65535))
        end.sendall(wide + request(method, payload, last=method != "Attach"))
        ends.append(end)
    print("deaf", len(ends))
    sys.stdout.flush()
    sys.stdin.readline()


def heavy(path, count, megabytes):
    """Sends messages as large as allowed, all at once, each a byte short of its end."""
    size = int(megabytes * (1 << 20))
    ends = []
    sent = 0
    for _ in range(count):
        end = connected(path)
        end.setblocking(False)
        ends.append([end, hello() + headers("InspectContainer"), size])
    deadline = time.monotonic() + 10
    chunk = frame(DATA, 0, 1, b"\x0a" * 16384)
    first = b"\0" + struct.pack(">I", size)
    for each in ends:
        each[1] += frame(DATA, 0, 1, first)
    while time.monotonic() < deadline:
        moved = False
        for each in ends:
            try:
                if not each[1] and each[2] > 32768:
                    each[1] = chunk
                    each[2] -= 16384
                if each[1]:
                    count_sent = each[0].send(each[1])
                    each[1] = each[1][count_sent:]
                    sent += count_sent
                    moved = True
                each[0].recv(65536)
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                pass
        if not moved:
            time.sleep(0.05)
    print("sent", sent >> 20, "MiB")
    sys.stdout.flush()
    sys.stdin.readline()


def rubbish(path, rounds, seed):
    """Bytes that are no HTTP/2, no gRPC, or no message; after each the daemon still serves others."""
    chance = random.Random(seed)

    def noise(count):
        return bytes(chance.randrange(256) for _ in range(count))

    def cut(method, payload):
        return headers(method) + frame(DATA, END_STREAM, 1, payload)
    attacks = {
        "noise": lambda: noise(chance.randrange(1, 4096)),
        "a web browser": lambda: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "half a preface": lambda: PREFACE[:chance.randrange(1, len(PREFACE))],
        "noise after the preface": lambda: PREFACE + noise(2048),
        "a frame of 16 MiB": lambda: hello() + b"\xff\xff\xff\0\0\0\0\0\1" + noise(1024),
        "headers without end": lambda: hello() + frame(HEADERS, 0, 1, b"\x10")
            + b"".join(frame(9, 0, 1, b"\0" * 16000) for _ in range(64)),
        "a header bomb": lambda: hello() + frame(HEADERS, END_HEADERS, 1, b"\x40\x01a\x7f"
            + varint(12000 - 127) + b"b" * 12000 + b"\xbe" * 4000),
        "settings flood": lambda: hello() + frame(SETTINGS, 0, 0) * 4000,
        "ping flood": lambda: hello() + frame(PING, 0, 0, b"\0" * 8) * 8000,
        "rapid reset": lambda: hello() + b"".join(
            headers("ListContainers", stream) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
            for stream in range(1, 4001, 2)),
        "window of nothing": lambda: hello() + frame(WINDOW_UPDATE, 0, 0, b"\0" * 4),
        "window past the end": lambda: hello() + frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2,
        "a message over the limit": lambda: hello()
            + cut("InspectContainer", b"\0\x7f\xff\xff\xff" + noise(100)),
        "a compressed message": lambda: hello() + cut("InspectContainer", b"\1\0\0\0\4abcd"),
        "half a message": lambda: hello() + cut("InspectContainer", b"\0\0\0\1\0abc"),
        "a broken message": lambda: hello() + request("InspectContainer", noise(200)),
        "a broken session": lambda: hello() + request("Run", noise(200)),
        "a session of nothing": lambda: hello() + request("Exec", b""),
        "deep nesting": lambda: hello() + request("Run", nested(400)),
        "a name that is no UTF-8": lambda: hello() + request("InspectContainer", field(1, b"\xff\xfe")),
        "a name of a megabyte": lambda: hello() + request("InspectContainer", field(1, b"a" * (1 << 20))),
        "a method nobody knows": lambda: hello() + request("\r\nNothing\x1b[2J"),
    }
    bad = []
    for name, attack in attacks.items():
        for _ in range(rounds):
            with connected(path) as end:
                try:
                    end.settimeout(0.3)
                    end.sendall(attack())
                    while end.recv(65536):
                        pass
                except (TimeoutError, BrokenPipeError, ConnectionResetError):
                    pass
            if not serves(path):
                bad.append(name)
    print("bad:", ", ".join(bad) if bad else "none", "of", len(attacks))


def nested(depth):
    payload = b""
    for _ in range(depth):
        payload = field(1, payload)
    return payload


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    path, command, *rest = sys.argv[1:]
    if command == "crowd":
        crowd(path, int(rest[0]), rest[1])
    elif command == "silent":
        silent(path, int(rest[0]), float(rest[1]))
    elif command == "deaf":
        deaf(path, int(rest[0]), rest[1], rest[2] if len(rest) > 2 else "")
    elif command == "heavy":
        heavy(path, int(rest[0]), float(rest[1]))
    elif command == "rubbish":
        rubbish(path, int(rest[0]), int(rest[1]))
    else:
        sys.exit("unknown: " + command)


main()
