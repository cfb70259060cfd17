package runtime.container;

import java.util.Set;
import linux.abi.Capability;
import runtime.spec.Seccomp;

/** Where system call filters come from. */
@FunctionalInterface
public interface SystemCallFilters {

    /**
     * A filter.
     *
     * @param profileJson docker's JSON form; empty for the standard profile
     * @param granted     the container's capabilities: some calls are allowed only with some of them
     * @throws ContainerException with reason INVALID_OPTION if the profile cannot be read
     */
    Seccomp filter(String profileJson, Set<Capability> granted) throws ContainerException;
}
