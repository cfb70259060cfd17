#!/usr/bin/python3
"""A client for tests: ask.py tcp|udp HOST PORT [TIMES]. Prints what each answer says; exits with 1 if one fails."""
import socket
import sys

protocol, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
failed = 0
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
    try:
        if protocol == "tcp":
            with socket.create_connection((host, port), timeout=5) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                answer = b""
                while part := connection.recv(4096):
                    answer += part
            print(answer.split(b"\r\n\r\n", 1)[1].decode().strip())
        else:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, socket.SOCK_DGRAM) as asker:
                asker.settimeout(5)
                asker.sendto(b"?", address)
                print(asker.recv(4096).decode().strip())
    except OSError as refused:
        print(f"failed: {refused}")
        failed = 1
sys.exit(failed)
