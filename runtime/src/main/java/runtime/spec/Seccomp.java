package runtime.spec;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A system call filter (OCI runtime-spec config-linux.md, seccomp).
 *
 * @param defaultAction    what happens to a call no rule matches
 * @param defaultErrno     the error it gets if that is ERRNO; EPERM if absent
 * @param architectures    {@code SCMP_ARCH_X86_64} and so on, as the file names them
 * @param flags            of {@code seccomp(2)}: {@code SECCOMP_FILTER_FLAG_LOG} and so on
 * @param listenerPath     Unix socket that is sent the descriptor of a NOTIFY filter
 * @param listenerMetadata text sent along with it
 * @param rules            in order
 */
public record Seccomp(
        Action defaultAction,
        OptionalInt defaultErrno,
        List<String> architectures,
        List<String> flags,
        Optional<String> listenerPath,
        Optional<String> listenerMetadata,
        List<Rule> rules) {

    public Seccomp {
        architectures = List.copyOf(architectures);
        flags = List.copyOf(flags);
        rules = List.copyOf(rules);
    }

    /** Whether some call is left to a supervisor. */
    public boolean asksSupervisor() {
        return defaultAction == Action.NOTIFY
                || rules.stream().anyMatch(rule -> rule.action() == Action.NOTIFY);
    }

    /** What a filter does with a call ({@code seccomp(2)}, SECCOMP_RET_*). */
    public enum Action {
        KILL_PROCESS("SCMP_ACT_KILL_PROCESS", 0x80000000),
        KILL_THREAD("SCMP_ACT_KILL_THREAD", 0x00000000),
        TRAP("SCMP_ACT_TRAP", 0x00030000),
        ERRNO("SCMP_ACT_ERRNO", 0x00050000),
        NOTIFY("SCMP_ACT_NOTIFY", 0x7fc00000),
        TRACE("SCMP_ACT_TRACE", 0x7ff00000),
        LOG("SCMP_ACT_LOG", 0x7ffc0000),
        ALLOW("SCMP_ACT_ALLOW", 0x7fff0000);

        private final String specName;
        private final int kernelValue;

        Action(String specName, int kernelValue) {
            this.specName = specName;
            this.kernelValue = kernelValue;
        }

        /** The name in config.json; {@code SCMP_ACT_KILL} is read as {@link #KILL_THREAD}. */
        public String specName() {
            return specName;
        }

        /** {@code SECCOMP_RET_*}; ERRNO and TRACE take 16 bits of data more. */
        public int kernelValue() {
            return kernelValue;
        }

        /** The action with that name in config.json. */
        public static Optional<Action> named(String specName) {
            if (specName.equals("SCMP_ACT_KILL")) {
                return Optional.of(KILL_THREAD);
            }
            for (Action action : values()) {
                if (action.specName.equals(specName)) {
                    return Optional.of(action);
                }
            }
            return Optional.empty();
        }
    }

    /** How an argument, taken as an unsigned 64-bit number, is compared. */
    public enum Operator {
        NOT_EQUAL("SCMP_CMP_NE"),
        LESS("SCMP_CMP_LT"),
        LESS_OR_EQUAL("SCMP_CMP_LE"),
        EQUAL("SCMP_CMP_EQ"),
        GREATER_OR_EQUAL("SCMP_CMP_GE"),
        GREATER("SCMP_CMP_GT"),
        MASKED_EQUAL("SCMP_CMP_MASKED_EQ");

        private final String specName;

        Operator(String specName) {
            this.specName = specName;
        }

        /** The name in config.json. */
        public String specName() {
            return specName;
        }

        /** The operator with that name in config.json. */
        public static Optional<Operator> named(String specName) {
            for (Operator operator : values()) {
                if (operator.specName.equals(specName)) {
                    return Optional.of(operator);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * What happens to some calls.
     *
     * @param names     calls as the manual names them; one the architecture lacks is skipped
     * @param action    what happens if every condition holds
     * @param errno     the error if that is ERRNO; EPERM if absent
     * @param arguments conditions, all of which must hold
     */
    public record Rule(
            List<String> names, Action action, OptionalInt errno, List<Argument> arguments) {
        public Rule {
            names = List.copyOf(names);
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * A condition on one argument; numbers are unsigned.
     *
     * @param index    0 to 5
     * @param operator the comparison
     * @param value    what the argument is compared with, or the mask of MASKED_EQUAL
     * @param valueTwo what the masked argument must equal; 0 otherwise
     */
    public record Argument(int index, Operator operator, long value, long valueTwo) {}
}
