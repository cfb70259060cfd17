"""What a process in a container may do to processes of others, given their numbers on the host.

reach.py NUMBER...: prints "reached: ..." with each call that had an effect, or "reached: none".
"""
import ctypes
import errno
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206


def called(call, *arguments):
    ctypes.set_errno(0)
    if call(*arguments) == -1:
        return errno.errorcode.get(ctypes.get_errno(), "?")
    return ""


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def peeked(number):
    buffer = ctypes.create_string_buffer(8)
    here = Vector(ctypes.cast(buffer, ctypes.c_void_p), 8)
    there = Vector(ctypes.c_void_p(0x400000), 8)
    return called(libc.process_vm_readv, number, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)


reached = []
for number in map(int, sys.argv[1:]):
    attempts = {
        "kill": lambda: called(libc.kill, number, int(signal.SIGKILL)),
        "stop": lambda: called(libc.kill, number, int(signal.SIGSTOP)),
        "attach": lambda: called(libc.ptrace, PTRACE_ATTACH, number, None, None),
        "seize": lambda: called(libc.ptrace, PTRACE_SEIZE, number, None, None),
        "peek": lambda: peeked(number),
        "limit": lambda: called(libc.prlimit, number, 7, ctypes.create_string_buffer(16), None),
        "priority": lambda: called(libc.setpriority, 0, number, 19),
    }
    for name, attempt in attempts.items():
        error = attempt()
        print(number, name, error or "done")
        if error not in ("ESRCH", "EPERM", "EACCES", "ENOSYS"):
            reached.append(f"{name} of {number}")
    for file in ("mem", "environ", "root/etc/hostname", "fd/0"):
        try:
            with open(f"/proc/{number}/{file}", "rb") as opened:
                opened.read(1)
            reached.append(f"{file} of {number}")
        except OSError as refused:
            print(number, file, errno.errorcode.get(refused.errno, "?"))
print("reached:", ", ".join(reached) if reached else "none")
