package runtime.plan;

import java.util.List;
import linux.program.Operand;

/** The resources of {@code getrlimit(2)} in the kernel's order ({@code asm-generic/resource.h}). */
public final class ResourceLimits {
    private static final List<String> NAMES = List.of("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA",
            "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
            "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME");

    private ResourceLimits() {}

    static Operand operand(String type) {
        int number = NAMES.indexOf(type);
        if (number < 0) {
            throw new PlanException("unknown resource limit " + type + "; one of " + NAMES);
        }
        return Operand.number(number, type);
    }
}
