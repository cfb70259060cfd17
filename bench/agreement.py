"""Hears when nf_tables of a lab's hosts get an address; see bench/agreement.

Of each line "SECONDS ADDRESS" that it reads it says how long after that moment the hosts had the address: the median of them,
and the last. At the end the median, the 95th percentile and the greatest of the last ones. Exits with 1 if one of them never had it.
"""
import ctypes
import os
import selectors
import socket
import statistics
import sys
import threading
import time

NETLINK_NETFILTER = 12
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
NFNLGRP_NFTABLES = 7
CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33


def listen(lab, nodes):
    libc = ctypes.CDLL(None, use_errno=True)
    sockets = []
    for node in range(1, nodes + 1):
        namespace = os.open(f"/run/netns/{lab}-node{node}", os.O_RDONLY)
        if libc.setns(namespace, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {lab}-node{node}")
        os.close(namespace)
        heard = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        heard.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        heard.bind((0, 0))
        heard.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES)
        sockets.append(heard)
    return sockets


def main():
    lab, nodes = sys.argv[1], int(sys.argv[2])
    news = [[] for _ in range(nodes)]
    selector = selectors.DefaultSelector()
    for number, each in enumerate(listen(lab, nodes)):
        selector.register(each, selectors.EVENT_READ, number)

    def hear():
        while True:
            for key, _ in selector.select():
                said = key.fileobj.recv(1 << 20)
                news[key.data].append((time.time(), said))

    threading.Thread(target=hear, daemon=True).start()
    print("listening", flush=True)
    lasts = []
    lacking = False
    for line in sys.stdin:
        begun, address = line.split()
        wanted = socket.inet_aton(address)
        after = []
        for node, heard in enumerate(news):
            times = [at for at, said in heard if wanted in said and at >= float(begun) - 1]
            if times:
                after.append((min(times) - float(begun)) * 1000)
            else:
                lacking = True
                print(f"node{node + 1} never had {address}")
            heard.clear()
        lasts.append(max(after))
        print(f"{address}: {len(after)} of {nodes} hosts; median {statistics.median(after):.0f} ms, last {max(after):.0f} ms",
              flush=True)
    lasts.sort()
    print(f"the last host: median {statistics.median(lasts):.0f} ms, "
          f"p95 {lasts[min(len(lasts) - 1, int(len(lasts) * 0.95))]:.0f} ms, "
          f"at most {lasts[-1]:.0f} ms ({len(lasts)} rounds of {nodes} hosts)")
    sys.exit(1 if lacking else 0)


main()
