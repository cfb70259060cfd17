package runtime.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.MountAttribute;
import linux.abi.MountFlag;

/**
 * The options of one mount, sorted into what {@code mount(2)} takes as flags and what as text.
 *
 * @param flags       flags of {@code mount(2)}
 * @param data        the rest, for the file system
 * @param recursive   {@code rbind} and the recursive forms
 * @param propagation {@code MS_PRIVATE}, {@code MS_SLAVE}, {@code MS_SHARED}; private unless named
 * @param recursiveFlags those of the flags that were asked for the whole tree: {@code rro} and the like
 */
record MountOptions(
        Set<MountFlag> flags, List<String> data, boolean recursive, MountFlag propagation,
        Set<MountFlag> recursiveFlags) {

    /** Sorts the options of {@code fstab(5)} (OCI runtime-spec config.md, Linux mount options). */
    static MountOptions of(List<String> options) {
        EnumSet<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        EnumSet<MountFlag> recursiveFlags = EnumSet.noneOf(MountFlag.class);
        List<String> data = new ArrayList<>();
        boolean recursive = false;
        MountFlag propagation = MountFlag.MS_PRIVATE;
        for (String option : options) {
            Optional<MountFlag> flag = flag(option);
            Optional<MountFlag> shared = propagation(option);
            if (flag.isPresent()) {
                flags.add(flag.get());
                if (option.startsWith("rr") || option.startsWith("rno") || option.equals("rstrictatime")) {
                    recursiveFlags.add(flag.get());
                }
            } else if (shared.isPresent()) {
                propagation = shared.get();
            } else if (option.equals("rbind")) {
                recursive = true;
            } else if (!clears(option, flags) && !option.equals("bind")
                    && !option.equals("idmap") && !option.equals("ridmap")) {
                data.add(option);
            }
        }
        recursiveFlags.retainAll(flags);
        return new MountOptions(flags, List.copyOf(data), recursive, propagation, recursiveFlags);
    }

    private static Optional<MountFlag> flag(String option) {
        return Optional.ofNullable(switch (option) {
            case "ro", "rro" -> MountFlag.MS_RDONLY;
            case "nosuid", "rnosuid" -> MountFlag.MS_NOSUID;
            case "nodev", "rnodev" -> MountFlag.MS_NODEV;
            case "noexec", "rnoexec" -> MountFlag.MS_NOEXEC;
            case "noatime", "rnoatime" -> MountFlag.MS_NOATIME;
            case "nodiratime", "rnodiratime" -> MountFlag.MS_NODIRATIME;
            case "relatime", "rrelatime" -> MountFlag.MS_RELATIME;
            case "strictatime", "rstrictatime" -> MountFlag.MS_STRICTATIME;
            case "nosymfollow", "rnosymfollow" -> MountFlag.MS_NOSYMFOLLOW;
            case "sync" -> MountFlag.MS_SYNCHRONOUS;
            case "remount" -> MountFlag.MS_REMOUNT;
            default -> null;
        });
    }

    private static Optional<MountFlag> propagation(String option) {
        return Optional.ofNullable(switch (option) {
            case "private", "rprivate" -> MountFlag.MS_PRIVATE;
            case "slave", "rslave" -> MountFlag.MS_SLAVE;
            case "shared", "rshared" -> MountFlag.MS_SHARED;
            case "unbindable", "runbindable" -> MountFlag.MS_UNBINDABLE;
            default -> null;
        });
    }

    private static boolean clears(String option, Set<MountFlag> flags) {
        MountFlag cleared = switch (option) {
            case "rw", "rrw" -> MountFlag.MS_RDONLY;
            case "suid", "rsuid" -> MountFlag.MS_NOSUID;
            case "dev", "rdev" -> MountFlag.MS_NODEV;
            case "exec", "rexec" -> MountFlag.MS_NOEXEC;
            case "atime", "ratime" -> MountFlag.MS_NOATIME;
            case "diratime", "rdiratime" -> MountFlag.MS_NODIRATIME;
            case "async", "defaults" -> MountFlag.MS_SYNCHRONOUS;
            default -> null;
        };
        if (cleared == null) {
            return false;
        }
        flags.remove(cleared);
        return true;
    }

    /** The flags as attributes of {@code mount_setattr(2)}. */
    List<MountAttribute> attributes() {
        return attributes(flags);
    }

    /** Those for the top of the tree alone. */
    List<MountAttribute> topAttributes() {
        EnumSet<MountFlag> top = EnumSet.noneOf(MountFlag.class);
        top.addAll(flags);
        top.removeAll(recursiveFlags);
        return attributes(top);
    }

    /** Those for everything in the tree. */
    List<MountAttribute> recursiveAttributes() {
        return attributes(recursiveFlags);
    }

    private static List<MountAttribute> attributes(Set<MountFlag> flags) {
        List<MountAttribute> attributes = new ArrayList<>();
        for (MountFlag flag : flags) {
            switch (flag) {
                case MS_RDONLY -> attributes.add(MountAttribute.MOUNT_ATTR_RDONLY);
                case MS_NOSUID -> attributes.add(MountAttribute.MOUNT_ATTR_NOSUID);
                case MS_NODEV -> attributes.add(MountAttribute.MOUNT_ATTR_NODEV);
                case MS_NOEXEC -> attributes.add(MountAttribute.MOUNT_ATTR_NOEXEC);
                case MS_NOATIME -> attributes.add(MountAttribute.MOUNT_ATTR_NOATIME);
                case MS_STRICTATIME -> attributes.add(MountAttribute.MOUNT_ATTR_STRICTATIME);
                case MS_NODIRATIME -> attributes.add(MountAttribute.MOUNT_ATTR_NODIRATIME);
                case MS_NOSYMFOLLOW -> attributes.add(MountAttribute.MOUNT_ATTR_NOSYMFOLLOW);
                case MS_SYNCHRONOUS, MS_REMOUNT, MS_BIND, MS_REC, MS_UNBINDABLE, MS_PRIVATE,
                        MS_SLAVE, MS_SHARED, MS_RELATIME -> { }
            }
        }
        return attributes;
    }
}
