package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.Flag;
import linux.abi.MountFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.abi.TreeFlag;
import linux.abi.UnmountFlag;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.Device;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;

/** The steps of the container's first process, from {@code clone3(2)} to the wait for start. */
final class ContainerLane {
    /** Where the child goes on. */
    static final String START = "container";
    static final String FAILED = "container failed";
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final List<MountFlag> HARMLESS =
            List.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV, MountFlag.MS_NOEXEC);

    /** Joined before the process exists. */
    private static final java.util.Set<NamespaceType> BY_KEEPER =
            java.util.Set.of(NamespaceType.PID, NamespaceType.TIME, NamespaceType.USER);

    private final Steps steps = new Steps(Lane.CONTAINER, FAILED);
    private final PlanInput input;
    private final PlanShape shape;

    ContainerLane(PlanInput input, PlanShape shape) {
        this.input = input;
        this.shape = shape;
    }

    List<Step> steps() {
        steps.label(START);
        ChildSteps.dieWithKeeper(steps);
        closeHostFolders();
        outOfMemoryScore();
        ChildSteps.joinCgroups(steps, input.cgroup().joinFiles().size());
        cgroupNamespace();
        joinNamespaces();
        if (shape.startsEarly()) {
            networkNamespace();
        }
        handshake();
        if (shape.startsEarly()) {
            ownMounts();
        }
        standInRoot();
        becomeRoot();
        ChildSteps.newSession(steps);
        // Hooks look for the container's files, mounts and all, where the host has its root.
        boolean later = shape.waitsForHooks() && !shape.sharesMounts();
        if (later) {
            confine();
        } else {
            changeRoot();
        }
        mounts();
        shape.devicesElsewhere().forEach(this::device);
        if (shape.waitsForHooks()) {
            ChildSteps.waitForHooks(steps);
        }
        if (later) {
            leaveConfinement();
            changeRoot();
        }
        leaveOldRoot();
        kernelParameters();
        hidePaths();
        // Last of the mounts: an unbindable tree could not be bound any more.
        input.spec().linux().rootfsPropagation().ifPresent(this::propagation);
        names();
        network();
        if (!shape.handedOver() || shape.terminal()) {
            ChildSteps.streams(steps, input.spec().process(), shape.streams(), true);
        }
        if (!shape.userNamespace()) {
            Priorities.add(steps, input.spec().process(), Priorities.MYSELF);
        }
        Priorities.personality(steps, input.spec().linux().personality());
        new ProgramSteps(steps, input.spec().process(), input.seccomp(), FAILED,
                input.handover(), input.init(), input.lease().isPresent()).add();
        return steps.list();
    }

    private void closeHostFolders() {
        if (input.cgroup().unified().isPresent()) {
            steps.purpose("cgroup");
            steps.call(SystemCall.CLOSE, Operand.number(KeeperLane.CGROUP_DESCRIPTOR)).ignoring()
                    .because("an open folder of the host would be a way out by /proc/self/fd");
        }
    }

    private void outOfMemoryScore() {
        input.spec().process().oomScoreAdj().ifPresent(score -> {
            steps.purpose("memory");
            steps.writeFile("/proc/self/oom_score_adj", Integer.toString(score),
                    "how readily the kernel ends this container when memory is short", false);
        });
    }

    private void cgroupNamespace() {
        if (shape.has(NamespaceType.CGROUP)) {
            steps.purpose("cgroup");
            steps.call(SystemCall.UNSHARE, Operand.flags(CloneFlag.CLONE_NEWCGROUP))
                    .because("from here on the container's cgroup looks like the root");
        }
    }

    private void joinNamespaces() {
        steps.purpose("namespaces");
        for (Namespace namespace : shape.joined()) {
            if (!BY_KEEPER.contains(namespace.type())) {
                steps.call(SystemCall.SETNS,
                        Operand.value(Slots.namespace(namespace.type().procName())),
                        Operand.number(namespace.type().cloneFlag(),
                                "CLONE_NEW" + namespace.type().procName().toUpperCase(java.util.Locale.ROOT)))
                        .because("shared with whoever else is in it");
            }
        }
    }

    private void networkNamespace() {
        steps.purpose("network");
        steps.call(SystemCall.UNSHARE, Operand.flags(CloneFlag.CLONE_NEWNET))
                .manual("network_namespaces(7)")
                .because("interfaces and ports of its own; while the kernel makes them the keeper makes the"
                        + " root file system");
        loopback();
    }

    private void ownMounts() {
        steps.purpose("namespaces");
        steps.call(SystemCall.UNSHARE, Operand.flags(CloneFlag.CLONE_NEWNS))
                .manual("mount_namespaces(7)")
                .because("a copy of the keeper's mounts, the new root among them, which it may change");
    }

    private void handshake() {
        if (!shape.handshake()) {
            return;
        }
        steps.purpose("handshake");
        Operand one = new Operand.Block(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, "[1]");
        if (input.network() instanceof PlanInput.Network.Attached) {
            Slot opened = Slot.result("own_network");
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/proc/self/ns/net"),
                    Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(opened)
                    .manual("namespaces(7)").because("the keeper puts a link into this namespace");
            steps.call(SystemCall.DUP3, Operand.value(opened),
                    Operand.number(PlanInput.Network.NAMESPACE_DESCRIPTOR),
                    Operand.flags(OpenFlag.O_CLOEXEC))
                    .because("the number the keeper's message names; descriptors are shared");
            steps.call(SystemCall.WRITE, Operand.value(Slots.READY), one, Operand.number(8))
                    .because("ready");
        }
        steps.call(SystemCall.READ, Operand.value(Slots.GO), Operand.address(Slots.EVENT),
                Operand.number(8)).because("wait for the keeper's go");
    }

    private void becomeRoot() {
        if (!shape.insideUserNamespace()) {
            return;
        }
        steps.purpose("user namespace");
        Operand zero = Operand.number(0);
        steps.call(SystemCall.SETRESGID, zero, zero, zero).because("root's group inside");
        steps.call(SystemCall.SETRESUID, zero, zero, zero).because("root inside, nobody outside");
        ChildSteps.dieWithKeeper(steps);
    }

    /** Before the user changes: folders above the root may be closed to the container's user. */
    private void standInRoot() {
        steps.purpose("root file system");
        String path = input.root() instanceof PlanInput.RootSource.Folder(String folder)
                && shape.sharesMounts() ? folder : input.folders().mountPoint();
        if (shape.insideUserNamespace()) {
            steps.call(SystemCall.MOUNT, Operand.text(path), Operand.text(path), Operand.nothing(),
                    Operand.flags(MountFlag.MS_BIND, MountFlag.MS_REC), Operand.nothing())
                    .because("mounts that came along into a user namespace are locked; a new one is not");
        }
        if (shape.joins(NamespaceType.MOUNT)) {
            steps.call(SystemCall.MOUNT, Operand.text(path), Operand.text(path), Operand.nothing(),
                    Operand.flags(MountFlag.MS_BIND, MountFlag.MS_REC), Operand.nothing())
                    .because("a mount of its own in the namespace it shares");
            steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text(path), Operand.nothing(),
                    Operand.flags(MountFlag.MS_REC, MountFlag.MS_PRIVATE), Operand.nothing())
                    .because("the others there have their own ways: what is mounted below stays below");
        }
        steps.call(SystemCall.CHDIR, Operand.text(path)).because("stand in the new root");
        if (shape.waitsForHooks() && !shape.sharesMounts()) {
            // A folder of the host must not stay open here: a link of the image may name it by /proc.
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/proc/self/ns/mnt"),
                    Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(Slots.OWN_MOUNTS)
                    .manual("namespaces(7)").because("the way back to the host's tree, as no folder");
        }
    }

    /** Paths of mounts must not lead out of the root, which cannot be changed for good yet. */
    private void confine() {
        steps.purpose("root file system");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("."),
                Operand.flags(OpenFlag.O_PATH, OpenFlag.O_CLOEXEC))
                .into(Slots.NEW_ROOT).because("the way back to the new root");
        steps.call(SystemCall.CHROOT, Operand.text("."))
                .because("no path leads out of it while it is filled; for good it is changed after the"
                        + " hooks, which see it where the host has it");
    }

    private void leaveConfinement() {
        steps.purpose("root file system");
        steps.call(SystemCall.SETNS, Operand.value(Slots.OWN_MOUNTS),
                Operand.flags(CloneFlag.CLONE_NEWNS)).manual("setns(2)")
                .because("entering the mount namespace again undoes the chroot");
        steps.call(SystemCall.CLOSE, Operand.value(Slots.OWN_MOUNTS)).ignoring().because("done");
        steps.call(SystemCall.FCHDIR, Operand.value(Slots.NEW_ROOT)).because("stand in the new root again");
        steps.call(SystemCall.CLOSE, Operand.value(Slots.NEW_ROOT)).ignoring().because("done");
    }

    private void changeRoot() {
        steps.purpose("root file system");
        if (shape.sharesMounts()) {
            steps.call(SystemCall.CHROOT, Operand.text("."))
                    .because("only the path / changes: this confines nobody who is root");
            steps.call(SystemCall.CHDIR, Operand.text("/")).because("leave no way out by the working directory");
        } else {
            steps.call(SystemCall.PIVOT_ROOT, Operand.text("."), Operand.text("."))
                    .because("the container's root takes the host's place; the host's is stacked on top"
                            + " of it until it is detached");
        }
    }

    private void mounts() {
        int bind = 0;
        int hugePages = 0;
        for (Mount mount : shape.mounts()) {
            steps.purpose("mount " + mount.destination());
            if (mount.isBind()) {
                place(Slots.tree(bind++), mount.destination(), shape.bindsFile(mount));
            } else if (mount.destination().equals("/dev")) {
                place(Slots.DEVICES, "/dev", false);
            } else if (shape.isMadeOutside(mount)) {
                place(Slots.hugePages(hugePages++), mount.destination(), false);
            } else if (PlanShape.isCgroup(mount)) {
                folders(mount.destination());
                new CgroupMounts(steps, input.facts().cgroupMounts()).add(mount);
            } else {
                folders(mount.destination());
                fileSystem(mount);
            }
        }
    }

    /** A device file outside /dev, in the root file system; no user namespace may make one. */
    private void device(Device device) {
        steps.purpose("devices");
        folders(device.path().substring(0, device.path().lastIndexOf('/')));
        int mode = DeviceFiles.typeBits(device.type()) | device.fileMode().orElse(0666);
        steps.call(SystemCall.MKNODAT, Steps.HERE, Operand.text(device.path()),
                Operand.number(mode, "S_IF" + DeviceFiles.typeName(device.type()) + "|0"
                        + Integer.toOctalString(mode & 07777)),
                Structures.deviceNumber(device.major().orElse(0), device.minor().orElse(0)))
                .tolerating(Errno.EEXIST).because("the container's " + device.path());
        steps.call(SystemCall.FCHOWNAT, Steps.HERE, Operand.text(device.path()),
                Operand.number(device.uid().orElse(0)), Operand.number(device.gid().orElse(0)),
                Operand.number(0)).because("its owner inside the container");
    }

    private void fileSystem(Mount mount) {
        MountOptions options = MountOptions.of(mount.options());
        String type = mount.type().orElse("none");
        String data = shape.labelled(type, String.join(",", options.data()));
        steps.call(SystemCall.MOUNT, Operand.text(mount.source().orElse("none")),
                Operand.text(mount.destination()), Operand.text(type),
                Operand.flags(List.copyOf(options.flags())),
                data.isEmpty() ? Operand.nothing() : Operand.text(data))
                .because(MountReasons.of(type));
    }

    private void place(Slot tree, String destination, boolean file) {
        if (file) {
            int slash = destination.lastIndexOf('/');
            folders(destination.substring(0, slash));
            steps.call(SystemCall.MKNODAT, Steps.HERE, Operand.text(destination),
                    Operand.number(0100644, "S_IFREG|0644"), Operand.number(0))
                    .tolerating(Errno.EEXIST).because("a file is mounted on a file");
        } else {
            folders(destination);
        }
        steps.call(SystemCall.MOVE_MOUNT, Operand.value(tree), Operand.text(""), Steps.HERE,
                Operand.text(destination), Operand.flags(TreeFlag.MOVE_MOUNT_F_EMPTY_PATH))
                .because("the root is the container's already, so the path cannot lead out of it");
        steps.call(SystemCall.CLOSE, Operand.value(tree)).ignoring().because("it is in place");
    }

    private void folders(String path) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            folder(path.substring(0, slash));
        }
        if (path.length() > 1) {
            folder(path);
        }
    }

    private void folder(String path) {
        steps.call(SystemCall.MKDIRAT, Steps.HERE, Operand.text(path), Operand.number(0755, "0755"))
                .tolerating(Errno.EEXIST).because("a place to mount on");
    }

    private void leaveOldRoot() {
        steps.purpose("root file system");
        if (!shape.sharesMounts()) {
            steps.call(SystemCall.UMOUNT2, Operand.text("."), Operand.flags(UnmountFlag.MNT_DETACH))
                    .because("the host's tree is gone from this namespace; it had to stay until proc"
                            + " and sysfs were mounted, which the kernel allows in a user namespace"
                            + " only to those who see them already");
            steps.call(SystemCall.CHDIR, Operand.text("/")).because("the working directory was the old root");
        }
        if (input.spec().root().readonly()) {
            steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text("/"), Operand.nothing(),
                    Operand.flags(MountFlag.MS_REMOUNT, MountFlag.MS_BIND, MountFlag.MS_RDONLY),
                    Operand.nothing()).because("read-only root");
        }
    }

    private void propagation(String name) {
        steps.purpose("root file system");
        MountFlag flag = switch (name) {
            case "shared", "rshared" -> MountFlag.MS_SHARED;
            case "slave", "rslave" -> MountFlag.MS_SLAVE;
            case "unbindable", "runbindable" -> MountFlag.MS_UNBINDABLE;
            default -> MountFlag.MS_PRIVATE;
        };
        steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text("/"), Operand.nothing(),
                Operand.flags(MountFlag.MS_REC, flag), Operand.nothing())
                .because("whether mounts travel in and out");
    }

    private void kernelParameters() {
        steps.purpose("kernel parameters");
        for (Map.Entry<String, String> entry : input.spec().linux().sysctl().entrySet()) {
            steps.writeFile("/proc/sys/" + entry.getKey().replace('.', '/'), entry.getValue(),
                    "a parameter of the container's own namespaces", false);
        }
    }

    private void hidePaths() {
        steps.purpose("hidden and read-only paths");
        for (String path : input.spec().linux().readonlyPaths()) {
            if (input.facts().readonlyPaths().contains(path)) {
                readonly(path);
            }
        }
        for (String path : input.spec().linux().maskedPaths()) {
            if (input.facts().hiddenFiles().contains(path)) {
                steps.call(SystemCall.MOUNT, Operand.text("/dev/null"), Operand.text(path),
                        Operand.nothing(), Operand.flags(MountFlag.MS_BIND), Operand.nothing())
                        .tolerating(Errno.ENOENT)
                        .because("it tells of the host, or would change it");
            } else if (input.facts().hiddenFolders().contains(path)) {
                String data = shape.labelled("tmpfs", "");
                steps.call(SystemCall.MOUNT, Operand.text("tmpfs"), Operand.text(path),
                        Operand.text("tmpfs"), Operand.flags(MountFlag.MS_RDONLY),
                        data.isEmpty() ? Operand.nothing() : Operand.text(data))
                        .tolerating(Errno.ENOENT)
                        .because("it tells of the host, or would change it");
            }
        }
    }

    private void readonly(String path) {
        steps.call(SystemCall.MOUNT, Operand.text(path), Operand.text(path), Operand.nothing(),
                Operand.flags(MountFlag.MS_BIND, MountFlag.MS_REC), Operand.nothing())
                .because("a mount of its own, so that it can be read-only");
        List<Flag> flags = new ArrayList<>(HARMLESS);
        flags.addAll(List.of(MountFlag.MS_REMOUNT, MountFlag.MS_BIND, MountFlag.MS_RDONLY));
        steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text(path), Operand.nothing(),
                Operand.flags(flags), Operand.nothing()).because("the host's settings can be read only");
    }

    private void names() {
        if (!shape.has(NamespaceType.UTS)) {
            return;
        }
        steps.purpose("host name");
        input.spec().hostname().ifPresent(name -> steps.call(SystemCall.SETHOSTNAME,
                Operand.text(name), Operand.number(name.length())).because("its own name"));
        input.spec().domainname().ifPresent(name -> steps.call(SystemCall.SETDOMAINNAME,
                Operand.text(name), Operand.number(name.length())).because("its own NIS domain"));
    }

    private void network() {
        if (!shape.has(NamespaceType.NETWORK)) {
            return;
        }
        if (!shape.startsEarly()) {
            loopback();
        }
        if (input.network() instanceof PlanInput.Network.Attached attached) {
            steps.purpose("network");
            NetlinkSteps.add(steps, attached.containerSide(), "the container's side");
        }
    }

    private void loopback() {
        steps.purpose("network");
        Slot socket = Slot.result("inet");
        steps.call(SystemCall.SOCKET, Operand.number(AF_INET, "AF_INET"),
                Operand.number(SOCK_DGRAM | OpenFlag.O_CLOEXEC.value(), "SOCK_DGRAM|SOCK_CLOEXEC"),
                Operand.number(0)).into(socket).because("a handle to the interfaces");
        steps.call(SystemCall.IOCTL, Operand.value(socket), Operand.number(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                Structures.loopbackUp()).manual("netdevice(7)").because("127.0.0.1 works");
        steps.call(SystemCall.CLOSE, Operand.value(socket)).ignoring().because("done");
    }
}
