"""A stand-in for systemd on a message bus, for hosts where it does not run: fake_systemd.py LOG.

It does what org.freedesktop.systemd1(5) says of StartTransientUnit and StopUnit, for scopes alone: makes the
scope's cgroup in every hierarchy that is mounted, moves the processes named into it, and tells of the job.
What it was asked is in LOG, a line for each property.
"""

import os
import signal
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.systemd1"
PATH = "/org/freedesktop/systemd1"
MANAGER = NAME + ".Manager"


def hierarchies():
    for line in open("/proc/self/mountinfo"):
        left, right = line.split(" - ")
        kind, _, options = right.split()
        if kind == "cgroup2" or kind == "cgroup" and "cpuset" not in options.split(","):
            yield left.split()[4]


def path_of(slice_name):
    words = slice_name[:-len(".slice")].split("-")
    return "/".join("-".join(words[:count + 1]) + ".slice" for count in range(len(words)))


class NoSuchUnit(dbus.DBusException):
    _dbus_error_name = NAME + ".NoSuchUnit"


class UnitExists(dbus.DBusException):
    _dbus_error_name = NAME + ".UnitExists"


class Manager(dbus.service.Object):
    def __init__(self, bus, log):
        super().__init__(bus, PATH)
        self.log = log
        self.units = {}
        self.jobs = 0

    def note(self, *words):
        print(*words, file=self.log, flush=True)

    def job(self, unit):
        self.jobs += 1
        job = "%s/job/%d" % (PATH, self.jobs)
        GLib.timeout_add(20, lambda: self.JobRemoved(self.jobs, job, unit, "done") and False)
        return job

    @dbus.service.signal(MANAGER, signature="uoss")
    def JobRemoved(self, number, job, unit, result):
        pass

    @dbus.service.method(MANAGER)
    def Subscribe(self):
        self.note("Subscribe")

    @dbus.service.method(MANAGER, in_signature="ssa(sv)a(sa(sv))", out_signature="o")
    def StartTransientUnit(self, unit, mode, properties, auxiliary):
        self.note("StartTransientUnit", unit, mode)
        if unit in self.units:
            raise UnitExists("Unit %s was already loaded or has a fragment file." % unit)
        values = dict(properties)
        for name in sorted(values):
            value = values[name]
            self.note(name, value.signature if isinstance(value, dbus.Array) else type(value).__name__,
                      [int(each) for each in value] if isinstance(value, dbus.Array) else value)
        self.units[unit] = []
        for mount in hierarchies():
            folder = "%s/%s/%s" % (mount, path_of(values["Slice"]), unit)
            os.makedirs(folder, exist_ok=True)
            self.units[unit].append(folder)
            for pid in values["PIDs"]:
                with open(folder + "/cgroup.procs", "w") as file:
                    file.write(str(int(pid)))
        return self.job(unit)

    @dbus.service.method(MANAGER, in_signature="ss", out_signature="o")
    def StopUnit(self, unit, mode):
        self.note("StopUnit", unit, mode)
        if unit not in self.units:
            raise NoSuchUnit("Unit %s not loaded." % unit)
        for folder in self.units.pop(unit):
            self.remove(folder)
        return self.job(unit)

    def remove(self, folder):
        for inner, _, _ in os.walk(folder, topdown=False):
            for _ in range(100):
                for pid in open(inner + "/cgroup.procs").read().split():
                    os.kill(int(pid), signal.SIGKILL)
                try:
                    os.rmdir(inner)
                    break
                except OSError:
                    time.sleep(0.02)


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(os.environ["DBUS_SYSTEM_BUS_ADDRESS"])
with open(sys.argv[1], "a") as opened:
    name = dbus.service.BusName(NAME, bus)
    manager = Manager(bus, opened)
    manager.note("ready")
    GLib.MainLoop().run()
