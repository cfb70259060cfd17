"""What the OCI runtime specification asks, one line for each assertion: "ok", "not ok" or "skip".

oci_cases.py RUNTIME BUNDLE STATE PREFIX: run by acceptance/oci.sh. Where many facts can be seen in one
container, one container shows them all.
"""

import copy
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

RUNTIME, BUNDLE, STATE, PREFIX = sys.argv[1:5]
ROOTFS = BUNDLE + "/rootfs"
NAMESPACES = {"pid": "pid", "network": "net", "ipc": "ipc", "uts": "uts", "mount": "mnt", "cgroup": "cgroup"}
CAPABILITIES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE "
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT "
    "SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE "
    "AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ "
    "PERFMON BPF CHECKPOINT_RESTORE").split()
USUAL = ["CAP_" + name for name in "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD SETGID SETUID SETPCAP KILL".split()]


def ok(name, holds, why=""):
    line = ("ok " if holds else "not ok ") + name
    if not holds:
        line += ": " + " ".join(str(why).split())[:300]
    print(line, flush=True)


def skip(name, reason):
    print("skip " + name + ": " + reason, flush=True)


def spec(*args, mounts=(), namespaces=("pid", "network", "ipc", "uts", "mount")):
    """The least that a usual caller asks for."""
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": list(args),
            "env": ["PATH=/bin", "TERM=xterm"],
            "cwd": "/",
            "capabilities": {kind: list(USUAL) for kind in ("bounding", "effective", "permitted")},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
        },
        "root": {"path": "rootfs", "readonly": False},
        "hostname": "oci-case",
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
             "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
            {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
             "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
             "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
            {"destination": "/sys", "type": "sysfs", "source": "sysfs",
             "options": ["nosuid", "noexec", "nodev", "ro"]},
            *mounts],
        "linux": {"namespaces": [{"type": kind} for kind in namespaces]},
    }


def ended(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rpartition(") ")[2][0] in "ZX"
    except OSError:
        return True


class Container:
    """One container of the runtime, by its commands alone."""
    count = 0

    def __init__(self, config, id=None):
        Container.count += 1
        self.id = "%s-%d" % (PREFIX, Container.count) if id is None else id
        self.config = config
        self.output = STATE + "/../output"

    def call(self, *words):
        if self.config is not None and words[0] in ("create", "run"):
            with open(BUNDLE + "/config.json", "w") as file:
                json.dump(self.config, file)
        with open(self.output, "wb") as out, open(self.output + ".errors", "wb") as errors:
            code = subprocess.run([RUNTIME, "--root", STATE, *words], stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=errors, timeout=60).returncode
        self.errors = open(self.output + ".errors", errors="replace").read()
        return code

    def text(self):
        return open(self.output, errors="replace").read()

    def ids(self):
        return [self.id] if self.id else []

    def create(self, *options):
        code = self.call("create", "-b", BUNDLE, *options, *self.ids())
        self.program_output = os.open(self.output, os.O_RDONLY)
        return code

    def start(self):
        return self.call("start", *self.ids())

    def kill(self, word="KILL"):
        return self.call("kill", *self.ids(), word)

    def delete(self, *options):
        return self.call("delete", *options, *self.ids())

    def state(self):
        """What the runtime says of it, or nothing."""
        if self.call("state", *self.ids()) != 0:
            return {}
        return json.loads(self.text())

    def wait(self, status="stopped", seconds=10):
        end = time.time() + seconds
        pid = self.state().get("pid", 0)
        while pid > 0 and time.time() < end and not ended(pid):
            time.sleep(0.01)
        while time.time() < end:
            if self.state().get("status") == status:
                return True
            time.sleep(0.02)
        return False

    def run(self):
        """What the program prints until its end; nothing of the container is left."""
        try:
            code = self.call("run", "-b", BUNDLE, self.id)
            self.code = code
            text = self.text()
            return text
        finally:
            errors = getattr(self, "errors", "")
            self.call("delete", "--force", self.id)
            self.errors = errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("delete", "--force", *(self.ids() or ["none"]))


def remove(*names):
    for name in names:
        path = ROOTFS + name
        if os.path.lexists(path):
            os.remove(path)


# ---- the operations ----

def create():
    with Container(spec("true"), "") as none:
        ok("create without an ID is an error", none.create() != 0)
    with Container(spec("true")) as container:
        ok("create makes a container", container.create() == 0, container.errors)
        ok("state gives the ID", container.state().get("id") == container.id)
        again = Container(spec("true"), container.id)
        ok("create with an ID in use is an error", again.create() != 0)
        ok("create with an ID in use leaves the container as it is",
           container.state().get("status") == "created")
    with Container(spec("true")) as container:
        os.rename(ROOTFS, ROOTFS + ".away")
        try:
            ok("create without a root file system is an error", container.create() != 0)
            ok("create that failed leaves no container", container.state() == {})
        finally:
            os.rename(ROOTFS + ".away", ROOTFS)
    container = Container(spec("true"))
    code = subprocess.run([RUNTIME, "--root", STATE, "create", "-b", BUNDLE + "/none", container.id],
                          capture_output=True).returncode
    ok("create with a bundle that is not there is an error", code != 0)


def state():
    with Container(None, "") as none:
        ok("state without an ID is an error", none.call("state") != 0)
    with Container(None) as none:
        ok("state of no container is an error", none.call("state", none.id) != 0)
    config = spec("sleep", "100")
    config["annotations"] = {"org.example.key": "value"}
    with Container(config) as container:
        container.create()
        seen = container.state()
        ok("state has an ociVersion", re.match(r"\d+\.\d+\.\d+", seen.get("ociVersion", "")), seen)
        ok("state has the bundle", seen.get("bundle") == BUNDLE, seen)
        ok("state has the annotations", seen.get("annotations") == config["annotations"], seen)
        ok("state of a created container is created", seen.get("status") == "created", seen)
        ok("state of a created container has a process", seen.get("pid", 0) > 0
           and os.path.exists("/proc/%d" % seen["pid"]), seen)
        container.start()
        now = container.state()
        ok("state of a running container is running", now.get("status") == "running", now)
        ok("start keeps the process ID", now.get("pid") == seen.get("pid"), now)
        container.kill()
        ok("state of a killed container becomes stopped", container.wait())


def start():
    remove("/output")
    with Container(None, "") as none:
        ok("start without an ID is an error", none.start() != 0)
    with Container(None) as none:
        ok("start of no container is an error", none.start() != 0)
    with Container(spec("sh", "-c", "echo called >> /output")) as container:
        container.create()
        ok("process.args are not run before start", not os.path.exists(ROOTFS + "/output"))
        ok("start of a created container", container.start() == 0, container.errors)
        container.wait()
        ok("start runs process.args", open(ROOTFS + "/output").read() == "called\n")
        ok("start of a stopped container is an error", container.start() != 0)
        ok("start of a stopped container runs nothing", open(ROOTFS + "/output").read() == "called\n")
    config = spec("true")
    del config["process"]
    with Container(config) as container:
        ok("a container without process cannot be started", container.create() != 0 or container.start() != 0)
    # config.json may be changed or removed once create has returned.
    with Container(spec("sh", "-c", "echo first >> /output")) as container:
        remove("/output")
        container.create()
        with open(BUNDLE + "/config.json", "w") as file:
            json.dump(spec("sh", "-c", "echo second >> /output"), file)
        container.start()
        container.wait()
        ok("a change of config.json after create has no effect", open(ROOTFS + "/output").read() == "first\n")
    remove("/output")


def kill():
    with Container(None, "") as none:
        ok("kill without an ID is an error", none.call("kill") != 0)
    with Container(None) as none:
        ok("kill of no container is an error", none.kill() != 0)
    with Container(spec("sleep", "100")) as container:
        container.create()
        ok("kill of a created container", container.kill() == 0, container.errors)
        ok("kill of a created container stops it", container.wait())
        before = container.state()
        ok("kill of a stopped container is an error", container.kill() != 0)
        ok("kill of a stopped container has no effect", container.state() == before)
        ok("delete of a stopped container", container.delete() == 0, container.errors)
    remove("/output")
    trap = "trap 'echo %s > /output; exit' %s; echo ready > /ready; while :; do sleep 0.05; done"
    for word in ("TERM", "INT", "HUP", "USR1", "USR2"):
        remove("/output", "/ready")
        with Container(spec("sh", "-c", trap % (word, word))) as container:
            container.create()
            container.start()
            end = time.time() + 10
            while not os.path.exists(ROOTFS + "/ready") and time.time() < end:
                time.sleep(0.01)
            spelling = {"INT": "SIGINT", "HUP": "1"}.get(word, word)
            container.kill(spelling)
            container.wait()
            ok("kill %s sends this signal" % spelling, os.path.exists(ROOTFS + "/output")
               and open(ROOTFS + "/output").read() == word + "\n")
    remove("/output", "/ready")
    with Container(spec("sleep", "100")) as container:
        container.create()
        container.start()
        ok("kill of a running container", container.kill("KILL") == 0, container.errors)
        ok("kill of a running container stops it", container.wait())
        with Container(None, container.id) as other:
            ok("kill of an unknown signal is an error", other.kill("NOSUCHSIGNAL") != 0)


def delete():
    with Container(None, "") as none:
        ok("delete without an ID is an error", none.delete() != 0)
    with Container(None) as none:
        ok("delete of no container is an error", none.delete() != 0)
    with Container(spec("sleep", "100")) as container:
        container.create()
        ok("delete of a created container is an error", container.delete() != 0, "it was deleted")
        ok("delete of a created container has no effect", container.state().get("status") == "created")
        container.call("delete", "--force", container.id)
    with Container(spec("sleep", "100")) as container:
        container.create()
        container.start()
        ok("delete of a running container is an error", container.delete() != 0)
        ok("delete of a running container has no effect", container.state().get("status") == "running")
        pid = container.state()["pid"]
        groups = cgroup_folders(pid)
        container.kill()
        container.wait()
        ok("delete of a container that has stopped", container.delete() == 0, container.errors)
        ok("a deleted container has no state", container.state() == {})
        left = [folder for folder in groups.values() if container.id in folder and os.path.isdir(folder)]
        ok("delete removes the container's cgroups", left == [], left)
        again = Container(spec("true"), container.id)
        ok("the ID of a deleted container can be used again", again.create() == 0, again.errors)
        again.call("delete", "--force", again.id)
    folders = {name: "%s/%s/%s-kept" % ("/sys/fs/cgroup", name, PREFIX) for name in ("pids",)
               if os.path.isdir("/sys/fs/cgroup/" + name)}
    if not folders:
        skip("delete leaves a cgroup it did not make", "no cgroup v1 hierarchy of pids")
    for folder in folders.values():
        os.mkdir(folder)
        with Container(spec("true")) as container:
            container.create()
            with open(folder + "/cgroup.procs", "w") as file:
                file.write(str(container.state()["pid"]))
            container.start()
            container.wait()
            container.delete()
            ok("delete leaves a cgroup it did not make", os.path.isdir(folder))
        os.rmdir(folder)


def pid_file():
    path = STATE + "/../pid"
    with Container(spec("sleep", "100")) as container:
        container.create("--pid-file", path)
        ok("the pid file has the process of the state",
           open(path).read().strip() == str(container.state().get("pid")))


def unknown_values():
    config = spec("true")
    config["annotations"] = {"org.example.unknown": ""}
    with Container(config) as container:
        ok("an unknown annotation is no error", container.create() == 0 and container.start() == 0,
           container.errors)
    config = spec("true")
    config["unknown"] = "unknown"
    with Container(config) as container:
        ok("an unknown property is no error", container.create() == 0 and container.start() == 0,
           container.errors)
    for what, change in {
            "an ociVersion that is none": lambda c: c.update(ociVersion="invalid"),
            "a relative process.cwd": lambda c: c["process"].update(cwd="tmp"),
            "empty process.args": lambda c: c["process"].update(args=[]),
            "an unknown namespace type":
                lambda c: c["linux"]["namespaces"].append({"type": "none"}),
            "a namespace type named twice":
                lambda c: c["linux"]["namespaces"].append({"type": "pid"}),
            "an unknown rlimit": lambda c: c["process"].update(
                rlimits=[{"type": "RLIMIT_TEST", "hard": 1024, "soft": 1024}]),
            "an rlimit named twice": lambda c: c["process"]["rlimits"].append(
                {"type": "RLIMIT_NOFILE", "hard": 512, "soft": 512}),
            "a soft rlimit above the hard": lambda c: c["process"].update(
                rlimits=[{"type": "RLIMIT_NOFILE", "hard": 512, "soft": 1024}]),
            "an unknown seccomp action": lambda c: c["linux"].update(
                seccomp={"defaultAction": "SCMP_ACT_TEST"}),
            "an unknown rootfsPropagation": lambda c: c["linux"].update(rootfsPropagation="test"),
            "an unknown device type": lambda c: c["linux"].update(
                devices=[{"path": "/dev/test", "type": "z", "major": 1, "minor": 3}]),
            "uidMappings without a user namespace": lambda c: c["linux"].update(
                uidMappings=[{"containerID": 0, "hostID": 1000, "size": 10}]),
    }.items():
        config = spec("true")
        change(config)
        with Container(config) as container:
            ok(what + " is an error", container.create() != 0, "the container was created")
    config = spec("true")
    config["process"]["capabilities"]["bounding"].append("CAP_TEST")
    with Container(config) as container:
        code = container.create()
        ok("an unknown capability is an error or a warning",
           code != 0 or "CAP_TEST" in container.errors, "nothing was said")


# ---- hooks ----

def sh_hook(text):
    return {"path": "/bin/sh", "args": ["sh", "-c", text]}


def hooks():
    log = STATE + "/../hooks"
    points = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
    for name in [log] + [log + "." + point for point in points]:
        if os.path.exists(name):
            os.remove(name)
    config = spec("sh", "-c", "echo program >> /hooks")
    config["annotations"] = {"org.example.key": "value"}
    config["hooks"] = {point: [sh_hook("echo %s >> %s; cat > %s.%s" % (point, log, log, point)),
                               sh_hook("echo %s2 >> %s; env > %s.env" % (point, log, log))
                               | {"env": ["ONLY=this"]}]
                       for point in points if point != "startContainer"}
    config["hooks"]["startContainer"] = [sh_hook("echo startContainer >> /hooks; cat > /hooks.state")]
    remove("/hooks", "/hooks.state")
    with Container(config) as container:
        ok("create with hooks", container.create() == 0, container.errors)
        lines = open(log).read().split()
        ok("prestart, createRuntime and createContainer hooks run in create",
           [line for line in lines if not line.startswith("post")] == lines and len(lines) == 6, lines)
        ok("hooks run in the order named", lines == [
            "prestart", "prestart2", "createRuntime", "createRuntime2",
            "createContainer", "createContainer2"], lines)
        ok("a startContainer hook does not run in create", not os.path.exists(ROOTFS + "/hooks"))
        pid = container.state().get("pid")
        ok("start with hooks", container.start() == 0, container.errors)
        lines = open(log).read().split()
        ok("poststart hooks run in start, in the order named", lines[6:] == ["poststart", "poststart2"], lines)
        container.wait()
        inner = open(ROOTFS + "/hooks").read().split() if os.path.exists(ROOTFS + "/hooks") else []
        ok("a startContainer hook runs in the container before the program",
           inner == ["startContainer", "program"], inner)
        ok("no poststop hook runs before delete", "poststop" not in lines)
        container.delete()
        lines = open(log).read().split()
        ok("poststop hooks run in delete, in the order named", lines[8:] == ["poststop", "poststop2"], lines)
        ok("a hook has exactly the environment named",
           "ONLY=this" in open(log + ".env").read() and "PATH=" + os.environ["PATH"] not in
           open(log + ".env").read())
        files = {point: log + "." + point for point in points} | {"startContainer": ROOTFS + "/hooks.state"}
        wanted = {"prestart": ("created", "creating"), "createRuntime": ("created", "creating"),
                  "createContainer": ("created", "creating"), "startContainer": ("created",),
                  "poststart": ("running",), "poststop": ("stopped",)}
        for point, file in files.items():
            try:
                seen = json.load(open(file))
            except (OSError, ValueError) as error:
                seen = {"error": str(error)}
            ok("the state is the standard input of a %s hook" % point, seen.get("id") == container.id
               and seen.get("bundle") == BUNDLE and seen.get("annotations") == config["annotations"]
               and (point in ("poststop", "createContainer", "startContainer") or seen.get("pid") == pid), seen)
            ok("the state's status in a %s hook" % point, seen.get("status") in wanted[point], seen)
    remove("/hooks", "/hooks.state")


def failing_hooks():
    for point in ("prestart", "createRuntime", "createContainer"):
        remove("/output")
        after = STATE + "/../after"
        if os.path.exists(after):
            os.remove(after)
        config = spec("touch", "/output")
        config["hooks"] = {point: [{"path": "/bin/false"}], "poststop": [sh_hook("echo stopped > " + after)]}
        with Container(config) as container:
            code = container.create()
            if code == 0:
                code = container.start()
            ok("a %s hook that fails is an error" % point, code != 0)
            ok("a %s hook that fails keeps the program from running" % point,
               not os.path.exists(ROOTFS + "/output"))
            ok("a %s hook that fails leaves no container" % point,
               container.state().get("status", "stopped") == "stopped")
    config = spec("touch", "/output")
    config["hooks"] = {"startContainer": [{"path": "/bin/false"}]}
    with Container(config) as container:
        container.create()
        ok("a startContainer hook that fails is an error", container.start() != 0)
        ok("a startContainer hook that fails keeps the program from running",
           not os.path.exists(ROOTFS + "/output"))
    for point in ("poststart", "poststop"):
        file = STATE + "/../" + point
        config = spec("true")
        config["hooks"] = {point: [{"path": "/bin/false"}, sh_hook("echo called > " + file)]}
        with Container(config) as container:
            codes = [container.create(), container.start()]
            warned = container.errors
            container.wait()
            codes.append(container.delete())
            warned += container.errors
            ok("a %s hook that fails fails nothing" % point, codes == [0, 0, 0], (codes, warned))
            ok("a %s hook that fails is told" % point, warned.strip() != "")
            ok("hooks after a failed %s hook run" % point, os.path.exists(file))
    config = spec("true")
    config["hooks"] = {"prestart": [sh_hook("sleep 30") | {"timeout": 1}]}
    with Container(config) as container:
        begin = time.time()
        ok("a hook that takes longer than its timeout is an error",
           container.create() != 0 and time.time() - begin < 20, time.time() - begin)
    for what, hook in {"a relative path": {"path": "sh"}, "a timeout of 0": {"path": "/bin/true", "timeout": 0},
                       "a program that is not there": {"path": "/no/such/program"}}.items():
        config = spec("true")
        config["hooks"] = {"prestart": [hook]}
        with Container(config) as container:
            ok("a hook with %s is an error" % what, container.create() != 0, "the container was created")


# ---- the process ----

PROBE = r"""
show() { echo "== $1"; shift; "$@" 2>&1; }
show status cat /proc/self/status
show self cat /proc/self/stat
show cmdline cat /proc/1/cmdline
echo
show environ cat /proc/1/environ
echo
show cwd readlink /proc/self/cwd
show id id
show limits cat /proc/self/limits
show oom cat /proc/self/oom_score_adj
show hostname cat /proc/sys/kernel/hostname
show domainname cat /proc/sys/kernel/domainname
show mountinfo cat /proc/self/mountinfo
show uid_map cat /proc/self/uid_map
show gid_map cat /proc/self/gid_map
show fds ls -l /proc/self/fd
show dev ls -l /dev/
show names readlink /proc/1/ns/pid /proc/1/ns/net /proc/1/ns/ipc /proc/1/ns/uts /proc/1/ns/mnt /proc/1/ns/cgroup
"""


def sections(text):
    found = {}
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        found[name] = body.rstrip("\n")
    return found


def probe(config, more=""):
    config["process"]["args"] = ["sh", "-c", PROBE + more]
    container = Container(config)
    seen = sections(container.run())
    seen["errors"] = container.errors
    return seen


def status_word(seen, word):
    match = re.search(r"^%s:\s*(.*)$" % word, seen.get("status", ""), re.M)
    return match.group(1) if match else ""


def mask(names):
    return sum(1 << CAPABILITIES.index(name[4:]) for name in set(names))


def default():
    seen = probe(spec())
    ok("the usual config runs", "status" in seen, seen["errors"])
    for link, target in {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
                         "stderr": "/proc/self/fd/2"}.items():
        ok("/dev/%s is the link of the specification" % link,
           re.search(r" %s -> %s$" % (link, target), seen.get("dev", ""), re.M))
    for device, (major, minor) in {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8),
                                   "urandom": (1, 9), "tty": (5, 0)}.items():
        ok("/dev/%s is the default device" % device,
           re.search(r"^c.*\s%d,\s+%d .* %s$" % (major, minor, device), seen.get("dev", ""), re.M))
    ok("/dev/ptmx is the one of /dev/pts", re.search(r" ptmx( -> (/dev/)?pts/ptmx)?$", seen.get("dev", ""), re.M))
    ok("no /dev/console without a terminal", not re.search(r" console$", seen.get("dev", ""), re.M))
    caps = mask(USUAL)
    for word, value in {"CapBnd": caps, "CapEff": caps, "CapPrm": caps, "CapInh": 0, "CapAmb": 0}.items():
        ok("%s is as named" % word, int(status_word(seen, word) or "-1", 16) == value, status_word(seen, word))
    ok("no_new_privs is off unless named", status_word(seen, "NoNewPrivs") == "0")
    ok("no seccomp filter unless named", status_word(seen, "Seccomp") == "0")
    for destination, kind in {"/proc": "proc", "/dev": "tmpfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs",
                              "/sys": "sysfs"}.items():
        ok("%s is mounted" % destination, re.search(r" %s [^\n]* - %s " % (destination, kind),
                                                    seen.get("mountinfo", "")))
    order = [line.split()[4] for line in seen.get("mountinfo", "").splitlines()]
    ok("the host's root is not seen", "/sys/fs/cgroup" not in order and len(order) < 20, order)
    fds = re.findall(r" (\d+) -> (\S+)", seen.get("fds", ""))
    # The fourth is the one ls reads the folder by.
    ok("the program has standard streams and nothing else open",
       sorted(int(number) for number, _ in fds) == [0, 1, 2, 3] and fds[-1][1].startswith("/proc/"), fds)
    ok("the program is process 1 of its namespace", seen.get("cmdline", "").startswith("sh\0-c\0"))


def process():
    config = spec()
    config["process"] |= {"cwd": "/tmp", "env": ["PATH=/bin", "TESTA=valA", "TESTB=a=b", "TESTC="],
                          "noNewPrivileges": True, "oomScoreAdj": 500}
    config["process"]["user"] = {"uid": 10, "gid": 11, "additionalGids": [5, 77], "umask": 0o027}
    config["process"]["capabilities"] = {
        "bounding": ["CAP_KILL", "CAP_CHOWN"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"],
        "inheritable": ["CAP_KILL"], "ambient": ["CAP_KILL"]}
    limits = {"RLIMIT_NOFILE": (100, 120), "RLIMIT_CORE": (1024, 2048), "RLIMIT_FSIZE": (1 << 30, 1 << 31),
              "RLIMIT_STACK": (1 << 20, 1 << 21), "RLIMIT_CPU": (1000, 2000), "RLIMIT_DATA": (1 << 30, 1 << 31),
              "RLIMIT_NPROC": (512, 1024), "RLIMIT_SIGPENDING": (100, 200), "RLIMIT_MEMLOCK": (8192, 16384),
              "RLIMIT_LOCKS": (10, 20), "RLIMIT_AS": (1 << 32, 1 << 33), "RLIMIT_RSS": (1 << 30, 1 << 31),
              "RLIMIT_MSGQUEUE": (4096, 8192), "RLIMIT_NICE": (0, 0), "RLIMIT_RTPRIO": (0, 0)}
    config["process"]["rlimits"] = [{"type": name, "soft": soft, "hard": hard}
                                    for name, (soft, hard) in limits.items()]
    config["domainname"] = "example.test"
    seen = probe(config, "show umask sh -c umask\n")
    if "status" not in seen:
        ok("the process settings", False, seen["errors"])
        return
    ok("process.cwd", seen["cwd"] == "/tmp", seen["cwd"])
    ok("process.env is the whole environment, in its order",
       [v for v in seen["environ"].strip().strip("\0").split("\0") if not v.startswith("HOME=")]
       == config["process"]["env"], seen["environ"])
    ok("process.args are the arguments", seen["cmdline"].strip("\0\n").split("\0")[:2] == ["sh", "-c"]
       and len(seen["cmdline"].strip("\0\n").split("\0")) == 3, seen["cmdline"][:50])
    ok("process.user.uid", status_word(seen, "Uid").split() == ["10"] * 4, status_word(seen, "Uid"))
    ok("process.user.gid", status_word(seen, "Gid").split() == ["11"] * 4, status_word(seen, "Gid"))
    ok("process.user.additionalGids", {"5", "77"} <= set(status_word(seen, "Groups").split()))
    ok("process.user.umask", seen["umask"] == "0027", seen["umask"])
    ok("process.noNewPrivileges", status_word(seen, "NoNewPrivs") == "1")
    ok("process.oomScoreAdj", seen["oom"] == "500", seen["oom"])
    kill_only = mask(["CAP_KILL"])
    for word, value in {"CapBnd": mask(["CAP_KILL", "CAP_CHOWN"]), "CapPrm": kill_only, "CapEff": kill_only,
                        "CapInh": kill_only, "CapAmb": kill_only}.items():
        ok("process.capabilities of a user: " + word, int(status_word(seen, word), 16) == value,
           status_word(seen, word))
    titles = {"RLIMIT_NOFILE": "Max open files", "RLIMIT_CORE": "Max core file size",
              "RLIMIT_FSIZE": "Max file size", "RLIMIT_STACK": "Max stack size", "RLIMIT_CPU": "Max cpu time",
              "RLIMIT_DATA": "Max data size", "RLIMIT_NPROC": "Max processes",
              "RLIMIT_SIGPENDING": "Max pending signals", "RLIMIT_MEMLOCK": "Max locked memory",
              "RLIMIT_LOCKS": "Max file locks", "RLIMIT_AS": "Max address space",
              "RLIMIT_RSS": "Max resident set", "RLIMIT_MSGQUEUE": "Max msgqueue size",
              "RLIMIT_NICE": "Max nice priority", "RLIMIT_RTPRIO": "Max realtime priority"}
    for name, title in titles.items():
        ok("process.rlimits " + name, re.search(r"^%s\s+%d\s+%d\s" % ((title,) + limits[name]), seen["limits"],
                                                re.M), seen["limits"])
    ok("hostname", seen["hostname"] == "oci-case", seen["hostname"])
    ok("domainname", seen["domainname"] == "example.test", seen["domainname"])


def capabilities_of_none():
    config = spec()
    del config["process"]["capabilities"]
    seen = probe(config)
    ok("a process without capabilities named has none",
       "status" in seen and int(status_word(seen, "CapEff"), 16) == 0, status_word(seen, "CapEff"))
    config = spec()
    mine = int(re.search(r"CapEff:\s*(\S+)", open("/proc/self/status").read()).group(1), 16)
    have = ["CAP_" + name for i, name in enumerate(CAPABILITIES) if mine >> i & 1]
    config["process"]["capabilities"] = {kind: have for kind in
                                         ("bounding", "effective", "permitted", "inheritable", "ambient")}
    seen = probe(config)
    for word in ("CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"):
        ok("process.capabilities, all there are: " + word,
           "status" in seen and int(status_word(seen, word), 16) == mask(have), seen["errors"])


# ---- the file system ----

def root_and_paths():
    config = spec(mounts=[{"destination": "/room", "type": "tmpfs", "source": "tmpfs"}])
    config["root"]["readonly"] = True
    os.makedirs(ROOTFS + "/hidden/inside", exist_ok=True)
    os.makedirs(ROOTFS + "/guarded/inside", exist_ok=True)
    for name in ("/hidden/inside/file", "/hidden.file", "/guarded/inside/file", "/guarded.file"):
        with open(ROOTFS + name, "w") as file:
            file.write("content\n")
    os.path.lexists(ROOTFS + "/hidden.link") or os.symlink("hidden.file", ROOTFS + "/hidden.link")
    config["linux"]["maskedPaths"] = ["/hidden/inside", "/hidden.file", "/not/there"]
    config["linux"]["readonlyPaths"] = ["/guarded/inside", "/guarded.file", "/not/there", "/proc/sys"]
    config["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1", "net.ipv4.conf.default.rp_filter": "2",
                                 "kernel.msgmax": "4096", "kernel.shm_rmid_forced": "1"}
    more = r"""
show write touch /written
show tmpfs touch /room/written
show hidden ls -A /hidden/inside
show hidden_file cat /hidden.file
show hidden_link cat /hidden.link
show hidden_write sh -c 'echo x > /hidden.file2'
show hidden_folder_write touch /hidden/inside/new
show guarded cat /guarded/inside/file
show guarded_write touch /guarded/inside/new
show guarded_file_write sh -c 'echo x >> /guarded.file'
show proc_sys_write sh -c 'echo x > /proc/sys/kernel/hostname'
for name in net/ipv4/ip_forward net/ipv4/conf/default/rp_filter kernel/msgmax kernel/shm_rmid_forced; do
    show sysctl/$name cat /proc/sys/$name
done
"""
    seen = probe(config, more)
    if "write" not in seen:
        ok("a read-only root with masked paths", False, seen["errors"])
        return
    ok("root.readonly forbids writing", "Read-only" in seen["write"], seen["write"])
    ok("a tmpfs in a read-only root can be written", seen["tmpfs"] == "", seen["tmpfs"])
    ok("a masked folder is empty", seen["hidden"] == "", seen["hidden"])
    ok("a masked file is empty", "content" not in seen["hidden_file"], seen["hidden_file"])
    ok("a masked file is empty through a link", "content" not in seen["hidden_link"], seen["hidden_link"])
    ok("a masked folder cannot be written", seen["hidden_folder_write"] != "")
    ok("a read-only folder can be read", seen["guarded"] == "content", seen["guarded"])
    ok("a read-only folder cannot be written", "Read-only" in seen["guarded_write"], seen["guarded_write"])
    ok("a read-only file cannot be written", "Read-only" in seen["guarded_file_write"]
       or "annot create" in seen["guarded_file_write"], seen["guarded_file_write"])
    ok("a read-only path of /proc cannot be written", seen["proc_sys_write"] != "", seen["proc_sys_write"])
    for name, value in config["linux"]["sysctl"].items():
        ok("linux.sysctl " + name, seen["sysctl/" + name.replace(".", "/")] == value,
           seen["sysctl/" + name.replace(".", "/")])
    # The same without a read-only root: masks and guards hold by themselves.
    config = spec()
    config["linux"]["readonlyPaths"] = ["/guarded/inside", "/guarded.file"]
    config["linux"]["maskedPaths"] = ["/hidden/inside", "/hidden.file", "/bin/id"]
    seen = probe(config, more)
    ok("a writable root can be written", seen.get("write") == "", seen.get("write"))
    ok("a read-only folder of a writable root", "Read-only" in seen.get("guarded_write", ""))
    ok("a read-only file of a writable root", seen.get("guarded_file_write", "") != "")
    ok("a masked folder of a writable root", seen.get("hidden_folder_write", "") != "")
    ok("a masked program cannot be run", "uid=" not in seen.get("id", "uid="), seen.get("id"))
    remove("/written")


def mounts():
    source = BUNDLE + "/source"
    os.makedirs(source + "/below", exist_ok=True)
    with open(source + "/file", "w") as file:
        file.write("content\n")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", source + "/below"], check=True)
    open(source + "/below/deep", "w").close()
    try:
        config = spec(mounts=[
            {"destination": "/mnt/tmpfs", "type": "tmpfs", "source": "tmpfs",
             "options": ["nosuid", "nodev", "noexec", "mode=700", "size=1m", "noatime"]},
            {"destination": "/mnt/bind", "type": "bind", "source": source, "options": ["bind", "ro"]},
            {"destination": "/mnt/rbind", "type": "none", "source": source,
             "options": ["rbind", "nosuid", "nodev"]},
            {"destination": "/mnt/relative", "type": "bind", "source": "source", "options": ["rbind"]},
            {"destination": "/mnt/rro", "type": "bind", "source": source, "options": ["rbind", "rro"]},
            {"destination": "/mnt/file", "type": "bind", "source": source + "/file", "options": ["bind"]},
            {"destination": "/mnt/cover", "type": "tmpfs", "source": "first"},
            {"destination": "/mnt/cover/inner", "type": "tmpfs", "source": "second"},
            {"destination": "/mnt/late/inner", "type": "tmpfs", "source": "first"},
            {"destination": "/mnt/late", "type": "tmpfs", "source": "second"},
            {"destination": "/mnt/noexec", "type": "bind", "source": ROOTFS + "/bin",
             "options": ["rbind", "rnoexec"]},
            {"destination": "/mnt/mqueue", "type": "mqueue", "source": "mqueue",
             "options": ["nosuid", "noexec", "nodev"]},
        ])
        seen = probe(config, r"""
show bind_read cat /mnt/bind/file
show bind_write touch /mnt/bind/new
show bind_below ls /mnt/bind/below
show rbind_below ls /mnt/rbind/below
show rbind_write touch /mnt/rbind/new
show relative cat /mnt/relative/file
show rro_write touch /mnt/rro/new
show rro_below_write touch /mnt/rro/below/new
show file cat /mnt/file
show tmpfs_mode stat -c %a /mnt/tmpfs
show exec /mnt/noexec/true
show late ls /mnt/late
""")
        if "bind_read" not in seen:
            ok("mounts of each kind", False, seen["errors"])
            return
        table = {line.split()[4]: line for line in seen["mountinfo"].splitlines()}
        ok("a bind mount shows its source", seen["bind_read"] == "content", seen["bind_read"])
        ok("a bind mount with ro cannot be written", "Read-only" in seen["bind_write"], seen["bind_write"])
        ok("a bind mount shows no mount below its source", seen["bind_below"] == "", seen["bind_below"])
        ok("an rbind mount shows mounts below its source", seen["rbind_below"] == "deep", seen["rbind_below"])
        ok("an rbind mount can be written", seen["rbind_write"] == "", seen["rbind_write"])
        ok("an rbind mount has its options", "nosuid,nodev" in table.get("/mnt/rbind", ""), table.get("/mnt/rbind"))
        ok("a bind mount's source may be relative to the bundle", seen["relative"] == "content", seen["relative"])
        ok("rro cannot be written", "Read-only" in seen["rro_write"], seen["rro_write"])
        ok("rro holds for mounts below", "Read-only" in seen["rro_below_write"], seen["rro_below_write"])
        ok("rnoexec forbids execution", "denied" in seen["exec"], seen["exec"])
        ok("a bind mount may be of a file", seen["file"] == "content", seen["file"])
        ok("a tmpfs has its mode", seen["tmpfs_mode"] == "700", seen["tmpfs_mode"])
        line = table.get("/mnt/tmpfs", "")
        for option in ("nosuid", "nodev", "noexec", "noatime", "size=1024k"):
            ok("a tmpfs has " + option, option in line, line)
        ok("a mount point that is not there is made", "/mnt/cover" in table)
        ok("a mount may be in a mount before it", "/mnt/cover/inner" in table
           and " second " in table["/mnt/cover/inner"] + " ", table.get("/mnt/cover/inner"))
        ok("mounts are made in the order named", seen["late"] == "", seen["late"])
        ok("mqueue is mounted", " - mqueue " in table.get("/mnt/mqueue", ""))
        ok("mounts of the container do not reach the host", not any(
            "/mnt/cover" in line for line in open("/proc/mounts")))
    finally:
        subprocess.run(["umount", source + "/below"])
    config = spec(mounts=[{"destination": "/mnt/none", "type": "bind", "source": "/no/such/file",
                           "options": ["bind"]}])
    config["process"]["args"] = ["true"]
    with Container(config) as container:
        ok("a bind mount of what is not there is an error", container.create() != 0)
    config = spec(mounts=[{"destination": "/mnt/none", "type": "nosuchtype", "source": "none"}])
    config["process"]["args"] = ["true"]
    with Container(config) as container:
        ok("a mount of an unknown type is an error", container.create() != 0)


def propagation():
    for mode in ("shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable"):
        config = spec()
        config["linux"]["rootfsPropagation"] = mode
        # A shared bundle, so that slave has whom to follow.
        subprocess.run(["mount", "--bind", ROOTFS, ROOTFS], check=True)
        subprocess.run(["mount", "--make-shared", ROOTFS], check=True)
        try:
            seen = probe(config)
        finally:
            subprocess.run(["umount", "-l", ROOTFS], check=True)
        line = next((line for line in seen.get("mountinfo", "").splitlines() if line.split()[4] == "/"), "")
        word = {"shared": "shared:", "slave": "master:", "private": "", "unbindable": "unbindable"}[
            mode.lstrip("r") if mode != "rslave" else "slave"]
        tags = " ".join(line.split(" - ")[0].split()[6:])
        ok("linux.rootfsPropagation " + mode, line != "" and (word in tags if word else tags == ""),
           tags + " " + seen["errors"])


def devices():
    config = spec()
    config["linux"]["devices"] = [
        {"path": "/dev/test1", "type": "c", "major": 1, "minor": 3, "fileMode": 0o666, "uid": 0, "gid": 0},
        {"path": "/dev/test2", "type": "b", "major": 7, "minor": 100, "fileMode": 0o640, "uid": 3, "gid": 4},
        {"path": "/dev/test3", "type": "p", "fileMode": 0o600, "uid": 0, "gid": 0},
        {"path": "/dev/deep/test4", "type": "u", "major": 1, "minor": 5}]
    seen = probe(config, "for d in test1 test2 test3 deep/test4; do"
                 " show $d stat -c '%F %t %T %a %u %g' /dev/$d; done\n")
    for path, wanted in {"test1": "character special file 1 3 666 0 0",
                         "test2": "block special file 7 64 640 3 4", "test3": "fifo 0 0 600 0 0",
                         "deep/test4": "character special file 1 5 666 0 0"}.items():
        ok("linux.devices " + path, seen.get(path) == wanted, (seen.get(path), seen["errors"]))
    config = spec()
    config["process"]["capabilities"] = {kind: USUAL for kind in ("bounding", "effective", "permitted")}
    config["linux"]["resources"] = {"devices": [
        {"allow": False, "access": "rwm"},
        {"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rwm"},
        {"allow": True, "type": "b", "major": 8, "minor": 20, "access": "m"}]}
    seen = probe(config, r"""
show allowed mknod /dev/a c 10 229
show allowed_block mknod /dev/b b 8 20
show open_block cat /dev/b
show refused_made mknod /dev/c c 10 201
show refused cat /dev/c
show zero sh -c 'head -c 1 /dev/zero > /dev/null'
show null sh -c 'echo x > /dev/null'
""")
    ok("a device rule allows making a device", seen.get("allowed") == "", seen.get("allowed"))
    ok("a device rule for making allows it", seen.get("allowed_block") == "", seen.get("allowed_block"))
    ok("a device rule for making allows no reading", "not permitted" in seen.get("open_block", ""),
       seen.get("open_block"))
    ok("what no device rule allows is refused", "not permitted" in seen.get("refused", ""), seen.get("refused"))
    ok("the default devices work under any device rule", seen.get("null") == "" and
       "not permitted" not in seen.get("zero", ""), seen.get("null"))


# ---- namespaces ----

def namespaces():
    seen = probe(spec(namespaces=tuple(NAMESPACES)))
    names = seen.get("names", "").splitlines()
    order = ["pid", "net", "ipc", "uts", "mnt", "cgroup"]
    for i, name in enumerate(order):
        ok("a namespace without a path is new: " + name, len(names) == 6
           and names[i] != os.readlink("/proc/self/ns/" + name), (names, seen["errors"]))
    for kind, name in NAMESPACES.items():
        if kind == "mount":
            continue
        config = spec(namespaces=tuple(k for k in NAMESPACES if k != kind))
        if kind in ("uts",):
            del config["hostname"]
        if kind == "network":
            # sysfs shows a network namespace, and belongs to its owner.
            config["mounts"] = [m for m in config["mounts"] if m["type"] != "sysfs"]
        config["process"]["args"] = ["sh", "-c", "echo == names; readlink /proc/self/ns/" + name]
        container = Container(config)
        seen = sections(container.run())
        ok("a namespace that is not named is the runtime's: " + name,
           seen.get("names") == os.readlink("/proc/self/ns/" + name), (seen, container.errors))
    for kind, name in NAMESPACES.items():
        option = {"pid": "--pid", "network": "--net", "ipc": "--ipc", "uts": "--uts", "mount": "--mount",
                  "cgroup": "--cgroup"}[kind]
        other = subprocess.Popen(["unshare", option, "--fork", "sleep", "1000"], start_new_session=True)
        try:
            end = time.time() + 5
            children = ""
            while time.time() < end and not children:
                children = open("/proc/%d/task/%d/children" % (other.pid, other.pid)).read().split()
            path = "/proc/%s/ns/%s" % (children[0], name)
            config = spec(namespaces=tuple(k for k in NAMESPACES if k != kind))
            config["linux"]["namespaces"].append({"type": kind, "path": path})
            if kind == "mount":
                config["linux"].pop("rootfsPropagation", None)
            config["process"]["args"] = ["sh", "-c", "echo == names; readlink /proc/self/ns/" + name]
            container = Container(config)
            seen = sections(container.run())
            ok("a namespace with a path is joined: " + name, seen.get("names") == os.readlink(path),
               (seen, container.errors))
        finally:
            os.killpg(other.pid, signal.SIGKILL)
            other.wait()
    for kind, wrong in {"cgroup": "ipc", "ipc": "mnt", "mount": "net", "network": "pid", "pid": "user",
                        "uts": "cgroup"}.items():
        config = spec("true", namespaces=tuple(k for k in NAMESPACES if k != kind))
        config["linux"]["namespaces"].append({"type": kind, "path": "/proc/self/ns/" + wrong})
        with Container(config) as container:
            ok("a namespace's path of another type is an error: " + kind, container.create() != 0
               or container.start() != 0)
    config = spec("true", namespaces=("pid", "ipc", "uts", "mount"))
    config["linux"]["namespaces"].append({"type": "network", "path": "/proc/none"})
    with Container(config) as container:
        ok("a namespace's path that is not there is an error", container.create() != 0)


def id_mappings():
    config = spec(namespaces=(*NAMESPACES, "user"))
    config["linux"]["uidMappings"] = [{"containerID": 0, "hostID": 1000, "size": 2000},
                                      {"containerID": 5000, "hostID": 10000, "size": 10}]
    config["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 3000, "size": 4000}]
    config["process"]["rlimits"] = []
    # The bundle is root's alone otherwise.
    for folder in (os.path.dirname(BUNDLE), BUNDLE):
        os.chmod(folder, 0o755)
    seen = probe(config)
    numbers = lambda text: [[int(n) for n in line.split()] for line in text.splitlines()]
    ok("linux.uidMappings", numbers(seen.get("uid_map", "")) == [[0, 1000, 2000], [5000, 10000, 10]],
       (seen.get("uid_map"), seen["errors"]))
    ok("linux.gidMappings", numbers(seen.get("gid_map", "")) == [[0, 3000, 4000]], seen["errors"])
    ok("root of a user namespace is user 0 in it", status_word(seen, "Uid").split() == ["0"] * 4)


# ---- confinement ----

def seccomp():
    config = spec()
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
        "syscalls": [
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"},
            {"names": ["mknod", "mknodat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
            {"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"},
            {"names": ["personality"], "action": "SCMP_ACT_ERRNO", "args": [
                {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}]}
    seen = probe(config, "show mkdir mkdir /tmp/new\nshow mknod mknod /tmp/fifo p\n")
    ok("a seccomp filter is set", status_word(seen, "Seccomp") == "2", seen["errors"])
    ok("SCMP_ACT_ERRNO gives EPERM", "not permitted" in seen.get("mkdir", ""), seen.get("mkdir"))
    ok("errnoRet is given", "not implemented" in seen.get("mknod", ""), seen.get("mknod"))
    ok("an unknown system call's name is no error", "status" in seen, seen["errors"])
    config = spec("sh", "-c", "mkdir /tmp/new; echo code $?")
    config["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL"}]}
    container = Container(config)
    ok("SCMP_ACT_KILL ends the program", "code 159" in container.run(), container.text())
    remove("/tmp/new")


def labels():
    if os.path.exists("/sys/kernel/security/apparmor"):
        config = spec()
        config["process"]["apparmorProfile"] = "no-such-profile"
        with Container(config) as container:
            ok("an AppArmor profile that is not there is an error", container.create() != 0
               or container.start() != 0)
    else:
        skip("process.apparmorProfile", "the kernel has no AppArmor")
    if os.path.exists("/sys/fs/selinux/enforce"):
        skip("linux.mountLabel", "this suite knows no label of this host's policy")
    else:
        skip("linux.mountLabel", "the kernel has no SELinux")


# ---- cgroups ----

def cgroup_folders(pid):
    """The folders of a process's cgroups by controller; "" is version 2's."""
    mounts = {}
    for line in open("/proc/self/mountinfo"):
        left, right = line.split(" - ")
        kind, _, options = right.split()[:3]
        if kind == "cgroup":
            for word in options.split(","):
                mounts[word] = left.split()[4]
        elif kind == "cgroup2":
            mounts[""] = left.split()[4]
    found = {}
    for line in open("/proc/%d/cgroup" % pid):
        _, controllers, path = line.rstrip("\n").split(":", 2)
        for controller in controllers.split(","):
            if controller in mounts:
                found[controller] = mounts[controller] + path
    return found


def cgroups():
    size = 64 << 20
    wanted = [
        ("memory", {"memory": {"limit": size, "reservation": size // 2, "swappiness": 50}},
         {"memory.limit_in_bytes": str(size), "memory.soft_limit_in_bytes": str(size // 2),
          "memory.swappiness": "50"}, {"memory.max": str(size), "memory.low": str(size // 2)}),
        ("cpu", {"cpu": {"shares": 512, "quota": 50000, "period": 100000}},
         {"cpu.shares": "512", "cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000"},
         {"cpu.max": "50000 100000"}),
        ("cpuset", {"cpu": {"cpus": "0", "mems": "0"}}, {"cpuset.cpus": "0", "cpuset.mems": "0"},
         {"cpuset.cpus": "0", "cpuset.mems": "0"}),
        ("pids", {"pids": {"limit": 100}}, {"pids.max": "100"}, {"pids.max": "100"}),
        ("blkio", {"blockIO": {"weight": 500}}, {"blkio.weight": "500"}, {"io.bfq.weight": "500"}),
        ("hugetlb", {"hugepageLimits": [{"pageSize": "2MB", "limit": 4 << 20}]},
         {"hugetlb.2MB.limit_in_bytes": str(4 << 20)}, {"hugetlb.2MB.max": str(4 << 20)}),
        ("net_cls", {"network": {"classID": 255}}, {"net_cls.classid": "255"}, {}),
        ("net_prio", {"network": {"priorities": [{"name": "lo", "priority": 10}]}},
         {"net_prio.ifpriomap": "lo 10"}, {}),
    ]
    here = cgroup_folders(os.getpid())
    for form, path in {"absolute": "/%s/abs" % PREFIX, "relative": "%s-rel" % PREFIX}.items():
        config = spec("sleep", "100")
        config["linux"]["cgroupsPath"] = path
        with Container(config) as container:
            container.create()
            groups = cgroup_folders(container.state().get("pid", os.getpid()))
            held = [folder for name, folder in groups.items() if folder.endswith(path)]
            ok("linux.cgroupsPath, %s" % form, len(held) > 0, (groups, container.errors))
            if form == "absolute":
                at_root = [folder for folder in held if "/".join(folder.split("/")[:5]) + path == folder
                           or folder.count("/") == 6]
                ok("linux.cgroupsPath, absolute, begins at the hierarchy's root", at_root != [], held)
        for controller, resources, version1, version2 in wanted:
            name = "linux.resources of %s, %s path" % (controller, form)
            files = version1 if controller in here else version2 if version2 and "" in here and \
                controller in open(here[""] + "/cgroup.controllers").read().split() else {}
            if not files:
                skip(name, "the kernel offers no controller " + controller)
                continue
            config = spec("sleep", "100")
            config["linux"]["cgroupsPath"] = path
            config["linux"]["resources"] = copy.deepcopy(resources)
            folder = here[controller] if controller in here else here[""]
            absent = [file for file in files if controller in here
                      and not os.path.exists(folder.rstrip("/") + "/" + file)
                      and not any(os.path.exists(os.path.join(top, file))
                                  for top, _, _ in list(os.walk(folder))[:50])]
            for file in absent:
                skip(name + ": " + file, "the kernel has no such file")
                del files[file]
                for key in list(config["linux"]["resources"]):
                    if isinstance(config["linux"]["resources"][key], dict):
                        config["linux"]["resources"][key].pop(file.split(".")[-1], None)
            if not files:
                continue
            with Container(config) as container:
                code = container.create()
                pid = container.state().get("pid")
                if code != 0 or not pid:
                    for file in files:
                        ok(name + ": " + file, False, container.errors)
                    continue
                groups = cgroup_folders(pid)
                for file, value in files.items():
                    try:
                        text = open((groups.get(controller) or groups[""]) + "/" + file).read().strip()
                    except (OSError, KeyError) as error:
                        text = str(error)
                    ok(name + ": " + file, value in text.splitlines(), text)
    subprocess.run(["find", "/sys/fs/cgroup", "-depth", "-type", "d", "-path", "*%s*" % PREFIX, "-exec",
                    "rmdir", "{}", ";"], capture_output=True)


GROUPS = [create, state, start, kill, delete, pid_file, unknown_values, hooks, failing_hooks, default, process,
          capabilities_of_none, root_and_paths, mounts, propagation, devices, namespaces, id_mappings, seccomp,
          labels, cgroups]


def main():
    os.makedirs(STATE, exist_ok=True)
    only = os.environ.get("OCI_CASES", "").split()
    for group in GROUPS:
        if only and group.__name__ not in only:
            continue
        try:
            group()
        except Exception as error:  # A group that cannot go on is a failed case of its own.
            traceback.print_exc()
            ok("the group %s runs to its end" % group.__name__, False, repr(error))


main()
