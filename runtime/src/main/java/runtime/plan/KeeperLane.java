package runtime.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.FileSystemCommand;
import linux.abi.MountAttribute;
import linux.abi.MountFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.abi.TreeFlag;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.Device;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;

/**
 * The keeper's steps up to the moment the program runs.
 *
 * <pre>
 *   keeper                                     container
 *   status page, cgroups
 *   clone3 ──────────────────────────────────► join cgroups, make and name the network namespace
 *   id maps, root file system                  ready
 *   wait for "ready"      ◄───────────────────
 *   network link
 *   "go" ────────────────────────────────────► become root inside, mounts, pivot_root, …
 *                                              phase CREATED, wait for the start command
 *   wait until memory is no longer shared ◄─── execve
 *   phase RUNNING, copy output, wait
 * </pre>
 */
final class KeeperLane {
    /** The descriptor of the user namespace whose mapping idmapped mounts take; handed in. */
    static final int USER_NAMESPACE_DESCRIPTOR = 101;
    /** The descriptor of the cgroup that the container starts in. */
    static final int CGROUP_DESCRIPTOR = 103;
    static final String TIME = "time namespace";
    private static final String FAILED = "keeper failed";
    private static final int POLLIN = 1;
    private static final int F_SETFD = 2;
    private static final Operand EMPTY = Operand.text("");

    private final Steps steps = new Steps(Lane.KEEPER, FAILED);
    private final PlanInput input;
    private final PlanShape shape;

    KeeperLane(PlanInput input, PlanShape shape) {
        this.input = input;
        this.shape = shape;
    }

    List<Step> steps() {
        statusPage();
        cgroups();
        input.lease().ifPresent(lease -> LeaseSteps.begin(steps, lease));
        if (shape.startsEarly()) {
            ownMounts();
            timeNamespace();
            cloneContainer();
            identity();
            streams();
            fileSystems();
        } else {
            streams();
            ownMounts();
            fileSystems();
            joinedNamespaces();
            timeNamespace();
            cloneContainer();
        }
        if (shape.handshake()) {
            handshake();
        }
        if (shape.handedOver()) {
            KeeperStart.handOver(steps, false);
        } else {
            waitForProgram();
            new KeeperLoop(steps, shape.streams(), input.lease()).add();
        }
        failure();
        return steps.list();
    }

    private void streams() {
        Process.User user = input.spec().process().user();
        long uid = shape.hostUid(user.uid());
        long gid = shape.hostGid(user.gid());
        input.handover().ifPresentOrElse(handover -> StreamSteps.own(steps, handover, uid, gid),
                () -> StreamSteps.open(steps, shape.streams(), uid, gid));
        SecurityLabels.openProc(steps, input.spec().process());
    }

    private void fileSystems() {
        rootFileSystem();
        deviceFolder();
        hugePages();
        bindMounts();
    }

    private void statusPage() {
        KeeperStart.add(steps, input.folders().statusFile(), shape.handedOver());
        if (shape.userNamespace() && !shape.handedOver()) {
            steps.call(SystemCall.FCNTL, Operand.number(USER_NAMESPACE_DESCRIPTOR),
                    Operand.number(F_SETFD, "F_SETFD"), Operand.number(1, "FD_CLOEXEC"))
                    .because("the user namespace handed in must not reach the program");
        }
    }

    private void cgroups() {
        steps.purpose("cgroup");
        PlanInput.CgroupSetup cgroup = input.cgroup();
        for (String directory : cgroup.directories()) {
            steps.call(SystemCall.MKDIRAT, Steps.HERE, Operand.text(directory), Operand.number(0755, "0755"))
                    .tolerating(Errno.EEXIST).manual("cgroups(7)")
                    .because("the container's resources are counted and limited here");
        }
        writes(cgroup.writes());
        for (int i = 0; i < cgroup.joinFiles().size(); i++) {
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(cgroup.joinFiles().get(i)),
                    Operand.flags(OpenFlag.O_WRONLY, OpenFlag.O_CLOEXEC)).into(Slots.cgroup(i))
                    .manual("cgroups(7)")
                    .because("the container writes itself in through this descriptor, once it exists");
        }
        cgroup.unified().ifPresent(directory -> openAt(directory, CGROUP_DESCRIPTOR,
                "clone3 starts the container inside this cgroup"));
        cgroup.devices().ifPresent(program -> DeviceFilter.add(steps, program, CGROUP_DESCRIPTOR));
    }

    /** Values for one file that follow one another share its descriptor. */
    private void writes(List<PlanInput.CgroupSetup.Write> writes) {
        int i = 0;
        while (i < writes.size()) {
            PlanInput.CgroupSetup.Write first = writes.get(i);
            List<String> values = new ArrayList<>();
            while (i < writes.size() && writes.get(i).path().equals(first.path())
                    && writes.get(i).optional() == first.optional()
                    && writes.get(i).reason().equals(first.reason())) {
                values.add(writes.get(i++).value());
            }
            steps.writeFile(first.path(), values, first.reason(), first.optional());
        }
    }

    private void openAt(String path, int descriptor, String reason) {
        Slot opened = Slot.result("opened");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(path),
                Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(opened).because(reason);
        steps.call(SystemCall.DUP3, Operand.value(opened), Operand.number(descriptor),
                Operand.flags(OpenFlag.O_CLOEXEC)).because("structures name it by a number known beforehand");
        steps.call(SystemCall.CLOSE, Operand.value(opened)).ignoring().because("one descriptor is enough");
    }

    private boolean needsNoMounts() {
        return shape.sharesMounts() && input.root() instanceof PlanInput.RootSource.Folder;
    }

    private void ownMounts() {
        if (needsNoMounts()) {
            return;
        }
        steps.purpose("root file system");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/proc/self/ns/mnt"),
                Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(Slots.HOST_MOUNTS)
                .manual("namespaces(7)").because("the way back to the host's mounts");
        steps.call(SystemCall.UNSHARE, Operand.flags(CloneFlag.CLONE_NEWNS))
                .because("what is mounted from here on is never seen on the host, and is gone with its"
                        + " last process");
        steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text("/"), Operand.nothing(),
                Operand.flags(MountFlag.MS_REC, MountFlag.MS_SLAVE), Operand.nothing())
                .because("unmounts on the host reach in, nothing reaches out");
    }

    private void rootFileSystem() {
        if (needsNoMounts()) {
            return;
        }
        steps.purpose("root file system");
        switch (input.root()) {
            case PlanInput.RootSource.Overlay overlay -> overlay(overlay);
            case PlanInput.RootSource.Folder(String path) ->
                steps.call(SystemCall.MOUNT, Operand.text(path), Operand.text(mountPoint()),
                        Operand.nothing(), Operand.flags(MountFlag.MS_BIND, MountFlag.MS_REC),
                        Operand.nothing()).because("pivot_root wants a mount point");
        }
    }

    private void overlay(PlanInput.RootSource.Overlay overlay) {
        ownWritableLayer(overlay);
        String lower = String.join(":", overlay.layerNames());
        if (shape.userNamespace()) {
            idmappedLayers(overlay);
            lower = String.join(":", numbers(overlay.layerNames().size()));
            steps.call(SystemCall.CHDIR, Operand.text(input.folders().layerMountPoints()))
                    .because("short relative names keep 127 layers within mount's one page of options");
        } else {
            steps.call(SystemCall.CHDIR, Operand.text(overlay.layersFolder()))
                    .because("short relative names keep 127 layers within mount's one page of options");
        }
        steps.call(SystemCall.MOUNT, Operand.text("overlay"), Operand.text(mountPoint()),
                Operand.text("overlay"), Operand.number(0),
                Operand.text(shape.labelled("overlay", "lowerdir=" + lower + ",upperdir="
                        + overlay.upper() + ",workdir=" + overlay.work() + ",xino=off"
                        + (shape.hostRoot() ? "" : ",userxattr"))))
                .because("the image's layers, shared and never written, under this container's own");
        steps.call(SystemCall.CHDIR, Operand.text("/")).because("no folder is kept busy");
    }

    private void ownWritableLayer(PlanInput.RootSource.Overlay overlay) {
        for (String folder : List.of(overlay.upper(), overlay.work())) {
            steps.call(SystemCall.MKDIRAT, Steps.HERE, Operand.text(folder), Operand.number(0755, "0755"))
                    .tolerating(Errno.EEXIST).because("overlay writes here");
            if (shape.userNamespace()) {
                steps.call(SystemCall.FCHOWNAT, Steps.HERE, Operand.text(folder),
                        Operand.number(shape.idRange().hostId()), Operand.number(shape.idRange().hostId()),
                        Operand.number(0)).because("root of the container's user namespace owns it");
            }
        }
    }

    private void idmappedLayers(PlanInput.RootSource.Overlay overlay) {
        for (int i = 0; i < overlay.layerNames().size(); i++) {
            Slot tree = Slot.result("layer");
            steps.call(SystemCall.OPEN_TREE, Steps.HERE,
                    Operand.text(overlay.layersFolder() + "/" + overlay.layerNames().get(i)),
                    Operand.flags(TreeFlag.OPEN_TREE_CLONE, TreeFlag.OPEN_TREE_CLOEXEC)).into(tree)
                    .because("a view of the layer that can be mapped without changing it");
            steps.call(SystemCall.MOUNT_SETATTR, Operand.value(tree), EMPTY,
                    Operand.flags(TreeFlag.AT_EMPTY_PATH),
                    Structures.idMapping(USER_NAMESPACE_DESCRIPTOR), Operand.number(32))
                    .because("root's files in the image belong to the container's root; nothing is"
                            + " chowned, so layers stay shared");
            steps.call(SystemCall.MOVE_MOUNT, Operand.value(tree), EMPTY, Steps.HERE,
                    Operand.text(input.folders().layerMountPoints() + "/" + i),
                    Operand.flags(TreeFlag.MOVE_MOUNT_F_EMPTY_PATH))
                    .because("overlay wants a path");
            steps.call(SystemCall.CLOSE, Operand.value(tree)).ignoring().because("it is mounted");
        }
    }

    private static List<String> numbers(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(Integer.toString(i));
        }
        return names;
    }

    private String mountPoint() {
        return input.folders().mountPoint();
    }

    /** The container's /dev is built outside, since a user namespace may not make device files. */
    private void deviceFolder() {
        if (shape.deviceMount().isEmpty()) {
            return;
        }
        steps.purpose("devices");
        Slot context = Slot.result("tmpfs");
        steps.call(SystemCall.FSOPEN, Operand.text("tmpfs"), Operand.flags(TreeFlag.FSOPEN_CLOEXEC))
                .into(context).because("the container's /dev, on no path of the host");
        configure(context, shape.deviceOptions(), "as the spec's mount of /dev says");
        steps.call(SystemCall.FSMOUNT, Operand.value(context), Operand.flags(TreeFlag.FSMOUNT_CLOEXEC),
                Operand.flags(MountAttribute.MOUNT_ATTR_NOSUID, MountAttribute.MOUNT_ATTR_NOEXEC))
                .into(Slots.DEVICES).because("a mount without a place yet");
        steps.call(SystemCall.CLOSE, Operand.value(context)).ignoring().because("it is mounted");
        for (Device device : shape.devices()) {
            device(device);
        }
        for (String[] link : DeviceFiles.LINKS) {
            steps.call(SystemCall.SYMLINKAT, Operand.text(link[1]), Operand.value(Slots.DEVICES),
                    Operand.text(link[0])).because("programs expect /dev/" + link[0]);
        }
        for (String folder : DeviceFiles.FOLDERS) {
            steps.call(SystemCall.MKDIRAT, Operand.value(Slots.DEVICES), Operand.text(folder),
                    Operand.number(0755, "0755")).because("a mount point in the container");
        }
        if (shape.terminal()) {
            steps.call(SystemCall.MKNODAT, Operand.value(Slots.DEVICES), Operand.text("console"),
                    Operand.number(0100600, "S_IFREG|0600"), Operand.number(0))
                    .because("the terminal is bound here");
        }
    }

    /** Sets a file system's options, and makes it. */
    private void configure(Slot context, List<String> options, String reason) {
        for (String option : options) {
            int equals = option.indexOf('=');
            String key = equals < 0 ? option : option.substring(0, equals);
            steps.call(SystemCall.FSCONFIG, Operand.value(context),
                    Operand.flags(equals < 0 ? FileSystemCommand.FSCONFIG_SET_FLAG
                            : FileSystemCommand.FSCONFIG_SET_STRING),
                    Operand.text(key),
                    equals < 0 ? Operand.nothing() : Operand.text(option.substring(equals + 1)),
                    Operand.number(0)).because(reason);
        }
        steps.call(SystemCall.FSCONFIG, Operand.value(context),
                Operand.flags(FileSystemCommand.FSCONFIG_CMD_CREATE), Operand.nothing(),
                Operand.nothing(), Operand.number(0)).because("the file system comes to be");
    }

    private void device(Device device) {
        String relative = device.path().substring("/dev/".length());
        int slash = -1;
        while ((slash = relative.indexOf('/', slash + 1)) > 0) {
            steps.call(SystemCall.MKDIRAT, Operand.value(Slots.DEVICES),
                    Operand.text(relative.substring(0, slash)), Operand.number(0755, "0755"))
                    .tolerating(Errno.EEXIST).because("the folder of " + device.path());
        }
        int mode = DeviceFiles.typeBits(device.type()) | device.fileMode().orElse(0666);
        steps.call(SystemCall.MKNODAT, Operand.value(Slots.DEVICES), Operand.text(relative),
                Operand.number(mode, "S_IF" + DeviceFiles.typeName(device.type()) + "|0"
                        + Integer.toOctalString(mode & 07777)),
                Structures.deviceNumber(device.major().orElse(0), device.minor().orElse(0)))
                .because("the container's " + device.path());
        long uid = shape.hostUid(device.uid().orElse(0));
        long gid = shape.hostGid(device.gid().orElse(0));
        if (uid != 0 || gid != 0) {
            steps.call(SystemCall.FCHOWNAT, Operand.value(Slots.DEVICES), Operand.text(relative),
                    Operand.number(uid), Operand.number(gid), Operand.number(0))
                    .because("its owner inside the container");
        }
    }

    /** No user namespace may make this file system, since its pages are the host's. */
    private void hugePages() {
        int number = 0;
        for (Mount mount : shape.mounts()) {
            if (!shape.isMadeOutside(mount)) {
                continue;
            }
            steps.purpose("mount " + mount.destination());
            Slot context = Slot.result("hugetlbfs");
            steps.call(SystemCall.FSOPEN, Operand.text("hugetlbfs"),
                    Operand.flags(TreeFlag.FSOPEN_CLOEXEC)).into(context)
                    .because("made out here: a user namespace may not make it");
            MountOptions options = MountOptions.of(mount.options());
            List<String> values = new ArrayList<>(options.data());
            mount.source().ifPresent(source -> values.add("source=" + source));
            values.add("uid=" + shape.hostUid(0));
            values.add("gid=" + shape.hostGid(0));
            configure(context, values, "as the spec's mount says; root inside owns it");
            steps.call(SystemCall.FSMOUNT, Operand.value(context),
                    Operand.flags(TreeFlag.FSMOUNT_CLOEXEC), Operand.flags(options.attributes()))
                    .into(Slots.hugePages(number++)).because("a mount without a place yet");
            steps.call(SystemCall.CLOSE, Operand.value(context)).ignoring()
                    .because("it is mounted");
        }
    }

    private void bindMounts() {
        for (int i = 0; i < shape.binds().size(); i++) {
            Mount mount = shape.binds().get(i);
            steps.purpose("mount " + mount.destination());
            MountOptions options = MountOptions.of(mount.options());
            List<TreeFlag> flags = new ArrayList<>(
                    List.of(TreeFlag.OPEN_TREE_CLONE, TreeFlag.OPEN_TREE_CLOEXEC));
            if (options.recursive()) {
                flags.add(TreeFlag.AT_RECURSIVE);
            }
            steps.call(SystemCall.OPEN_TREE, Steps.HERE, Operand.text(mount.source().orElse("")),
                    Operand.flags(flags)).into(Slots.tree(i))
                    .because("looked up on the host now, put in place in the container later: no"
                            + " symbolic link of the image can lead the mount astray");
            attributes(i, options);
            if (shape.handedOver()) {
                ownMapping(i, mount);
            } else if (shape.userNamespace() && !shape.isKernelFileSystem(mount)) {
                steps.call(SystemCall.MOUNT_SETATTR, Operand.value(Slots.tree(i)), EMPTY,
                        Operand.flags(TreeFlag.AT_EMPTY_PATH),
                        Structures.idMapping(USER_NAMESPACE_DESCRIPTOR), Operand.number(32))
                        .because("files keep their owners on the host: the container's root reads"
                                + " and writes them as root");
            }
        }
    }

    private void attributes(int bind, MountOptions options) {
        List<TreeFlag> whole = List.of(TreeFlag.AT_EMPTY_PATH, TreeFlag.AT_RECURSIVE);
        List<TreeFlag> top = List.of(TreeFlag.AT_EMPTY_PATH);
        if (shape.handedOver() && options.recursive()) {
            setAttributes(bind, top, options.topAttributes(), options.propagation());
            setAttributes(bind, whole, options.recursiveAttributes(), options.propagation());
        } else {
            setAttributes(bind, options.recursive() ? whole : top, options.attributes(),
                    options.propagation());
        }
    }

    private void setAttributes(int bind, List<TreeFlag> reach, List<MountAttribute> attributes,
            MountFlag propagation) {
        steps.call(SystemCall.MOUNT_SETATTR, Operand.value(Slots.tree(bind)), EMPTY,
                Operand.flags(reach), Structures.mountAttributes(attributes, propagation, 0),
                Operand.number(32)).because("as the mount's options say");
    }

    /** A mount with uidMappings and gidMappings of its own. */
    private void ownMapping(int bind, Mount mount) {
        String namespace = input.handover().orElseThrow().mountMappings().get(mount);
        if (namespace == null) {
            return;
        }
        openAt(namespace, USER_NAMESPACE_DESCRIPTOR, "the mapping, in the form of a user namespace");
        steps.call(SystemCall.MOUNT_SETATTR, Operand.value(Slots.tree(bind)), EMPTY,
                Operand.flags(mount.options().contains("ridmap")
                        ? List.of(TreeFlag.AT_EMPTY_PATH, TreeFlag.AT_RECURSIVE)
                        : List.of(TreeFlag.AT_EMPTY_PATH)),
                Structures.idMapping(USER_NAMESPACE_DESCRIPTOR), Operand.number(32))
                .because("files show other owners here than on the host, as the mount's mappings say");
    }

    private void joinedNamespaces() {
        steps.purpose("namespaces");
        for (Namespace namespace : shape.joined()) {
            Slot descriptor = Slots.namespace(namespace.type().procName());
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(namespace.path().orElseThrow()),
                    Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(descriptor)
                    .manual("namespaces(7)").because("a namespace that exists already");
            if (namespace.type() == NamespaceType.PID) {
                steps.call(SystemCall.SETNS, Operand.value(descriptor),
                        Operand.flags(CloneFlag.CLONE_NEWPID))
                        .because("the keeper's next child is born in there");
            }
        }
        if (shape.joins(NamespaceType.TIME)) {
            steps.call(SystemCall.SETNS, Operand.value(Slots.namespace(NamespaceType.TIME.procName())),
                    Operand.flags(CloneFlag.CLONE_NEWTIME))
                    .because("only a process that shares no memory may change its clocks");
        }
        if (shape.joins(NamespaceType.USER)) {
            steps.call(SystemCall.SETNS, Operand.value(Slots.namespace(NamespaceType.USER.procName())),
                    Operand.flags(CloneFlag.CLONE_NEWUSER))
                    .because("namespaces made from here on belong to it; last of all, for it takes the"
                            + " host's privileges away");
            ChildSteps.dieWithParent(steps, "the kernel forgot it with the change of credentials");
        }
    }

    /**
     * By the keeper, which itself stays with the host's clocks: the file of a process inside a user
     * namespace belongs to the host's root as long as it shares the keeper's memory.
     */
    private void timeNamespace() {
        if (!shape.has(NamespaceType.TIME)) {
            return;
        }
        steps.purpose(TIME);
        steps.call(SystemCall.UNSHARE, Operand.flags(CloneFlag.CLONE_NEWTIME))
                .manual("time_namespaces(7)")
                .because("for the process cloned next, which enters it with execve(2)");
        List<String> offsets = new ArrayList<>();
        input.spec().linux().timeOffsets().forEach((clock, offset) -> offsets.add(
                clock + " " + offset.seconds() + " " + offset.nanoseconds() + "\n"));
        if (!offsets.isEmpty()) {
            steps.writeFile("/proc/self/timens_offsets", offsets,
                    "how far the container's clock is ahead, in seconds and nanoseconds", false);
        }
    }

    private void cloneContainer() {
        steps.purpose("namespaces");
        if (shape.handshake()) {
            event(Slots.GO, "the keeper says \"go\" through it");
            event(Slots.READY, "the container says \"ready\" through it");
        }
        Slot alive = shape.handedOver() ? StatusPage.ALIVE : Slots.ALIVE;
        steps.store(alive, 0, Operand.number(1), "cleared by the kernel when memory is no longer shared");
        Set<CloneFlag> flags = EnumSet.of(CloneFlag.CLONE_VM, CloneFlag.CLONE_FILES,
                CloneFlag.CLONE_PIDFD, CloneFlag.CLONE_PARENT_SETTID, CloneFlag.CLONE_CHILD_CLEARTID);
        flags.addAll(shape.newNamespaces());
        boolean into = input.cgroup().unified().isPresent() && !shape.joins(NamespaceType.USER);
        if (into) {
            flags.add(CloneFlag.CLONE_INTO_CGROUP);
        }
        steps.call(SystemCall.CLONE3,
                Structures.cloneArguments(List.copyOf(flags), Slots.PIDFD, StatusPage.CONTAINER_PID,
                        alive, into ? CGROUP_DESCRIPTOR : 0),
                Operand.number(88)).onZero(ContainerLane.START)
                .because("the container's first process, in namespaces of its own. It shares memory and"
                        + " descriptors with the keeper until it executes its program, like vfork(2)"
                        + " but side by side");
    }

    private void event(Slot slot, String reason) {
        steps.call(SystemCall.EVENTFD2, Operand.number(0), Operand.flags(OpenFlag.O_CLOEXEC))
                .into(slot).because(reason);
    }

    private void handshake() {
        steps.purpose("handshake");
        if (input.network() instanceof PlanInput.Network.Attached) {
            steps.store(Slots.POLL, 0, Operand.value(Slots.READY), "wait for the container's word …");
            steps.store(Slots.POLL, 4, Operand.number(POLLIN), "… in the form of readable bytes …");
            steps.store(Slots.POLL, 8, Operand.value(Slots.PIDFD), "… or for its end");
            steps.store(Slots.POLL, 12, Operand.number(POLLIN), "a pidfd is readable when its process has ended");
            steps.call(SystemCall.PPOLL, Operand.address(Slots.POLL), Operand.number(2),
                    Operand.nothing(), Operand.nothing(), Operand.number(8))
                    .because("the network namespace is named, or the container failed");
            steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(Slots.POLL, 4),
                    POLLIN << 16, "container gone"), "no word: the container has ended");
        }
        if (!shape.startsEarly()) {
            identity();
        }
        if (input.network() instanceof PlanInput.Network.Attached attached) {
            steps.purpose("network");
            NetlinkSteps.add(steps, attached.hostSide(), "the host's side");
        }
        steps.purpose("handshake");
        steps.call(SystemCall.WRITE, Operand.value(Slots.GO),
                new Operand.Block(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, "[1]"), Operand.number(8))
                .because("go");
    }

    /** What only a process outside may say of the one in the user namespace. */
    private void identity() {
        if (shape.userNamespace()) {
            Priorities.add(steps, input.spec().process(), Operand.value(StatusPage.CONTAINER_PID));
            idMaps();
        }
    }

    private void idMaps() {
        steps.purpose("user namespace");
        Slot text = Slot.buffer("pid_text", 16);
        Slot digits = Slot.result("pid_digits");
        steps.add(new Instruction.Decimal(Operand.value(StatusPage.CONTAINER_PID), text, digits),
                "the process id as a path needs it");
        Slot proc = Slot.result("proc");
        Slot folder = Slot.result("proc_pid");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/proc"),
                Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(proc).because("the host's /proc");
        steps.call(SystemCall.OPENAT, Operand.value(proc), Operand.value(digits),
                Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(folder)
                .because("the container's folder in it");
        map(folder, "uid_map", shape.uidMap());
        map(folder, "gid_map", shape.gidMap());
        steps.call(SystemCall.CLOSE, Operand.value(folder)).ignoring().because("done");
        steps.call(SystemCall.CLOSE, Operand.value(proc)).ignoring().because("done");
    }

    private void map(Slot folder, String file, String map) {
        Slot opened = Slot.result("map");
        steps.call(SystemCall.OPENAT, Operand.value(folder), Operand.text(file),
                Operand.flags(OpenFlag.O_WRONLY, OpenFlag.O_CLOEXEC)).into(opened)
                .manual("user_namespaces(7)").because("only a process outside may map a range");
        steps.call(SystemCall.WRITE, Operand.value(opened), Operand.text(map),
                Operand.number(map.length())).manual("user_namespaces(7)")
                .because("root inside is an ordinary user outside");
        steps.call(SystemCall.CLOSE, Operand.value(opened)).ignoring().because("done");
    }

    private void waitForProgram() {
        KeeperStart.waitForProgram(steps);
        if (!needsNoMounts()) {
            steps.purpose("keeper");
            steps.call(SystemCall.SETNS, Operand.value(Slots.HOST_MOUNTS),
                    Operand.flags(CloneFlag.CLONE_NEWNS))
                    .because("the keeper needs no view of the container; it writes the host's log."
                            + " Only now, since giving up a mount namespace waits for all processors");
        }
    }

    private void failure() {
        KeeperStart.failure(steps, FAILED);
    }
}
