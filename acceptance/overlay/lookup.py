#!/usr/bin/python3
"""A resolver for tests: lookup.py srv|naptr|a|aaaa NAME. Prints the answer's code, its records, and how long an unknown name stays so."""
import socket
import struct
import sys

TYPES = {"a": 1, "soa": 6, "aaaa": 28, "srv": 33, "naptr": 35}
CODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN"}


def name(message, at):
    labels, end = [], 0
    while length := message[at]:
        if length >= 192:
            end = end or at + 2
            at = struct.unpack_from("!H", message, at)[0] & 0x3FFF
            continue
        labels.append(message[at + 1:at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels), end or at + 1


def text(kind, message, at, length):
    if kind == TYPES["srv"]:
        priority, weight, port = struct.unpack_from("!HHH", message, at)
        return f"{priority} {weight} {port} {name(message, at + 6)[0]}"
    if kind == TYPES["naptr"]:
        order, preference = struct.unpack_from("!HH", message, at)
        at, words = at + 4, []
        for _ in range(3):
            words.append(message[at + 1:at + 1 + message[at]].decode())
            at += 1 + message[at]
        return f"{order} {preference} {words[0]} {words[1]} {name(message, at)[0]}"
    if kind == TYPES["soa"]:
        return "for %d s" % struct.unpack_from("!I", message, at + length - 4)
    return socket.inet_ntop(socket.AF_INET if length == 4 else socket.AF_INET6, message[at:at + length])


with open("/etc/resolv.conf") as file:
    server = next(line.split()[1] for line in file if line.startswith("nameserver"))
kind, asked = TYPES[sys.argv[1]], sys.argv[2]
query = struct.pack("!HHHHHH", 4711, 0x0100, 1, 0, 0, 0)
query += b"".join(bytes([len(each)]) + each.encode() for each in asked.split(".")) + b"\0" + struct.pack("!HH", kind, 1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
    asker.settimeout(5)
    asker.sendto(query, (server, 53))
    message = asker.recv(4096)
flags, _, answers, authorities, additional = struct.unpack_from("!HHHHH", message, 2)
print(CODES.get(flags & 15, flags & 15))
at = name(message, 12)[1] + 4
for section, count in (("answer", answers), ("authority", authorities), ("additional", additional)):
    for _ in range(count):
        owner, at = name(message, at)
        kind, _, _, length = struct.unpack_from("!HHIH", message, at)
        at += 10
        print(section, owner, text(kind, message, at, length))
        at += length
