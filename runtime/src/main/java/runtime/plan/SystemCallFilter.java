package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import linux.abi.Flag;
import linux.abi.SeccompFlag;
import runtime.spec.Seccomp;

/**
 * A compiled filter as {@code seccomp(2)} takes it.
 *
 * @param instructions {@code struct sock_filter[]}
 * @param flags        that the spec names
 */
public record SystemCallFilter(byte[] instructions, Set<SeccompFlag> flags) {
    /** What a spec may ask for (OCI runtime-spec config-linux.md, seccomp). */
    public static final List<SeccompFlag> KNOWN = List.of(SeccompFlag.SECCOMP_FILTER_FLAG_TSYNC,
            SeccompFlag.SECCOMP_FILTER_FLAG_LOG, SeccompFlag.SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            SeccompFlag.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);

    public SystemCallFilter {
        flags = Set.copyOf(flags);
    }

    /**
     * A filter of a spec.
     *
     * @throws PlanException if the spec has a flag that is none of {@link #KNOWN}
     */
    public static SystemCallFilter of(Seccomp seccomp, byte[] instructions) {
        List<SeccompFlag> flags = new ArrayList<>();
        for (String name : seccomp.flags()) {
            flags.add(KNOWN.stream().filter(flag -> flag.name().equals(name)).findFirst()
                    .orElseThrow(() -> new PlanException("the seccomp flag \"" + name
                            + "\" is unknown; one of " + KNOWN)));
        }
        return new SystemCallFilter(instructions, Set.copyOf(flags));
    }

    /**
     * The flags to set the filter with. The kernel refuses TSYNC beside a listener, and
     * WAIT_KILLABLE_RECV without one: both mean nothing then, since the process has one thread and
     * nobody to wait for.
     */
    List<Flag> flags(boolean listens) {
        List<Flag> all = new ArrayList<>();
        for (SeccompFlag flag : KNOWN) {
            boolean means = switch (flag) {
                case SECCOMP_FILTER_FLAG_TSYNC -> !listens;
                case SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV -> listens;
                default -> true;
            };
            if (flags.contains(flag) && means) {
                all.add(flag);
            }
        }
        if (listens) {
            all.add(SeccompFlag.SECCOMP_FILTER_FLAG_NEW_LISTENER);
        }
        return all;
    }
}
