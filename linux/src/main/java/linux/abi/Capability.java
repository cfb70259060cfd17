package linux.abi;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The capabilities of {@code capabilities(7)}; the order is the kernel's numbering
 * ({@code include/uapi/linux/capability.h}, 0 to 40, complete up to Linux 6.18).
 */
public enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    private static final Map<String, Capability> BY_NAME = new HashMap<>();
    private static final Set<Capability> CONTAINER_SET = Collections.unmodifiableSet(EnumSet.of(
            CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE,
            NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP));

    static {
        for (Capability capability : values()) {
            BY_NAME.put(capability.name(), capability);
            BY_NAME.put(capability.manualName(), capability);
        }
    }

    /** The bit number the kernel uses in capability sets. */
    public int number() {
        return ordinal();
    }

    /** The name as in {@code capabilities(7)} and the OCI runtime-spec: {@code CAP_SYS_ADMIN}. */
    public String manualName() {
        return "CAP_" + name();
    }

    /** The capability called so, with or without {@code CAP_}, in any case; empty if unknown. */
    public static Optional<Capability> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toUpperCase(Locale.ROOT)));
    }

    /** The capability with that number, or empty for one this table does not know. */
    public static Optional<Capability> numbered(int number) {
        return number < 0 || number >= values().length
                ? Optional.empty()
                : Optional.of(values()[number]);
    }

    /** The fourteen a container keeps unless told otherwise, the same as docker's. */
    public static Set<Capability> containerSet() {
        return CONTAINER_SET;
    }

    /** The set as the 64-bit mask that {@code capset(2)} and /proc/PID/status use. */
    public static long mask(Collection<Capability> capabilities) {
        long mask = 0;
        for (Capability capability : capabilities) {
            mask |= 1L << capability.number();
        }
        return mask;
    }

    /** The capabilities whose bits are set; bits this table does not know are left out. */
    public static Set<Capability> ofMask(long mask) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
            if ((mask >>> capability.number() & 1) == 1) {
                set.add(capability);
            }
        }
        return set;
    }
}
