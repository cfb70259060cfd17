"""How many calls an RTPengine has: asked at an address, in its control protocol (bencode). Fails if it does not answer."""
import re
import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
    connection.settimeout(2)
    connection.connect((sys.argv[1], 2223))
    connection.send(b"drill d7:command10:statisticse")
    answer = connection.recv(65536)
print(re.search(rb"11:sessionsowni(\d+)e", answer).group(1).decode())
