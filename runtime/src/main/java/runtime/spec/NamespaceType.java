package runtime.spec;

import java.util.Optional;

/** The kinds of {@code namespaces(7)} with the specification's names and the kernel's flags. */
public enum NamespaceType {
    PID("pid", "pid", 0x20000000),
    NETWORK("network", "net", 0x40000000),
    MOUNT("mount", "mnt", 0x00020000),
    IPC("ipc", "ipc", 0x08000000),
    UTS("uts", "uts", 0x04000000),
    USER("user", "user", 0x10000000),
    CGROUP("cgroup", "cgroup", 0x02000000),
    TIME("time", "time", 0x00000080);

    private final String specName;
    private final String procName;
    private final int cloneFlag;

    NamespaceType(String specName, String procName, int cloneFlag) {
        this.specName = specName;
        this.procName = procName;
        this.cloneFlag = cloneFlag;
    }

    /** The name in config.json. */
    public String specName() {
        return specName;
    }

    /** The file under {@code /proc/PID/ns}. */
    public String procName() {
        return procName;
    }

    /** {@code CLONE_NEW*}; CLONE_NEWTIME is for {@code unshare(2)} and {@code clone3(2)} only. */
    public int cloneFlag() {
        return cloneFlag;
    }

    /** The kind with that name in config.json. */
    public static Optional<NamespaceType> named(String specName) {
        for (NamespaceType type : values()) {
            if (type.specName.equals(specName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
