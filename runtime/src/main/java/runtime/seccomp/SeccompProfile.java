package runtime.seccomp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.abi.Architecture;
import linux.abi.Capability;
import linux.proc.KernelVersion;
import runtime.spec.Seccomp;
import runtime.spec.Seccomp.Action;
import runtime.spec.Seccomp.Rule;

/**
 * A filter for any container: rules that apply by capability, architecture and kernel (the shape of
 * the profiles that docker, podman and containerd share).
 *
 * @param defaultAction what happens to a call no rule matches
 * @param defaultErrno  the error it gets if that is ERRNO; EPERM if absent
 * @param flags         of {@code seccomp(2)}
 * @param rules         in order
 */
public record SeccompProfile(
        Action defaultAction,
        OptionalInt defaultErrno,
        List<String> flags,
        List<ConditionalRule> rules) {

    public SeccompProfile {
        flags = List.copyOf(flags);
        rules = List.copyOf(rules);
    }

    /** The filter of a container with these capabilities in its bounding set. */
    public Seccomp resolve(
            Architecture architecture, Set<Capability> capabilities, KernelVersion kernel) {
        List<Rule> chosen = rules.stream()
                .filter(rule -> rule.applies(architecture, capabilities, kernel))
                .map(ConditionalRule::rule)
                .toList();
        return new Seccomp(defaultAction, defaultErrno, List.of(specName(architecture)), flags,
                Optional.empty(), Optional.empty(), chosen);
    }

    private static String specName(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "SCMP_ARCH_X86_64";
            case AARCH64 -> "SCMP_ARCH_AARCH64";
        };
    }

    /**
     * A rule for some containers only.
     *
     * @param rule     the rule
     * @param reason   why it is there
     * @param includes all that must hold
     * @param excludes none of which may hold
     */
    public record ConditionalRule(
            Rule rule, String reason, Condition includes, Condition excludes) {

        boolean applies(
                Architecture architecture, Set<Capability> capabilities, KernelVersion kernel) {
            boolean included = capabilities.containsAll(includes.capabilities())
                    && (includes.architectures().isEmpty()
                            || includes.architectures().contains(architecture.imageName()))
                    && includes.minKernel().filter(least -> kernel.compareTo(least) < 0).isEmpty();
            boolean excluded = excludes.capabilities().stream().anyMatch(capabilities::contains)
                    || excludes.architectures().contains(architecture.imageName())
                    || excludes.minKernel().filter(least -> kernel.compareTo(least) >= 0)
                            .isPresent();
            return included && !excluded;
        }
    }

    /**
     * Facts about the container and its host.
     *
     * @param capabilities  it has
     * @param architectures names as images have them, {@code amd64}, {@code arm64} …
     * @param minKernel     the kernel is that or later
     */
    public record Condition(
            Set<Capability> capabilities,
            Set<String> architectures,
            Optional<KernelVersion> minKernel) {

        public Condition {
            capabilities = Set.copyOf(capabilities);
            architectures = Set.copyOf(architectures);
        }

        /** No fact. */
        public static Condition none() {
            return new Condition(Set.of(), Set.of(), Optional.empty());
        }

        /** The container has the capability. */
        public static Condition has(Capability capability) {
            return new Condition(Set.of(capability), Set.of(), Optional.empty());
        }

        /** The architecture is this one. */
        public static Condition on(Architecture architecture) {
            return new Condition(Set.of(), Set.of(architecture.imageName()), Optional.empty());
        }
    }
}
