package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import runtime.spec.ContainerSpec;
import runtime.spec.Problem;
import runtime.spec.SpecValidator;

/**
 * Whether what the options come to can be a container at all, before anything of it is made. What was
 * found right is not looked at again: a check takes 200 microseconds in a daemon that has just begun.
 */
final class SpecCheck {
    private static final int MAX_KNOWN = 64;

    private final Set<PlanMaker.Origin> right = ConcurrentHashMap.newKeySet();

    /**
     * Checks the spec of a container that is made.
     *
     * @throws ContainerException as {@link #check(ContainerSpec, ContainerOptions)}
     */
    void check(ContainerSpec spec, ContainerOptions options, String imageId)
            throws ContainerException {
        Optional<PlanMaker.Origin> origin = PlanMaker.Origin.of(options, imageId, spec);
        if (origin.isPresent() && right.contains(origin.get())) {
            return;
        }
        check(spec, options);
        if (right.size() >= MAX_KNOWN) {
            right.clear();
        }
        origin.ifPresent(right::add);
    }

    /** @throws ContainerException with reason INVALID_OPTION, naming everything that is wrong */
    static void check(ContainerSpec spec, ContainerOptions options) throws ContainerException {
        List<Problem> problems = SpecValidator.validate(spec);
        if (Privileges.isOff(options, "mnt")) {
            problems = problems.stream().filter(each -> !isNoMountNamespace(each)).toList();
        }
        if (!problems.isEmpty()) {
            throw new ContainerException(INVALID_OPTION, "the options and the image make no"
                    + " container; by the member of its OCI spec: " + problems.stream()
                            .map(Problem::toString).collect(Collectors.joining("; ")));
        }
    }

    /** For {@code --isolate chroot}: the keeper's own mount namespace keeps the host out of it. */
    private static boolean isNoMountNamespace(Problem problem) {
        return problem.path().equals("$.linux.namespaces");
    }
}
