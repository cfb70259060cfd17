package runtime.node;

import api.node.CreateContainerRequest;
import api.node.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import runtime.container.ContainerException;
import runtime.container.ContainerOptions;
import runtime.container.ContainerOptions.MountOption;
import runtime.container.Containers;

/** {@code --volumes-from}: binds and volumes of other containers, at the same places. */
final class VolumesFrom {
    private VolumesFrom() {}

    /**
     * The options of a request; what it mounts itself comes before what another container has at the same
     * place.
     *
     * @throws ContainerException if there is no such container
     */
    static ContainerOptions options(CreateContainerRequest request, Containers containers)
            throws ContainerException {
        ContainerOptions options = OptionTranslation.container(request,
                containers.logging().standard());
        if (request.getVolumesFromCount() == 0) {
            return options;
        }
        List<MountOption> mounts = new ArrayList<>(options.mounts());
        Set<String> taken = new HashSet<>();
        mounts.forEach(each -> taken.add(each.target()));
        for (String word : request.getVolumesFromList()) {
            int colon = word.indexOf(':');
            String access = colon < 0 ? "rw" : word.substring(colon + 1);
            if (!access.equals("rw") && !access.equals("ro")) {
                throw Failures.of(Reason.INVALID_OPTION, "--volumes-from " + word
                        + ": expected CONTAINER, CONTAINER:ro or CONTAINER:rw",
                        OptionalInt.of(125));
            }
            String name = colon < 0 ? word : word.substring(0, colon);
            for (MountOption mount : containers.get(name).options().mounts()) {
                if (mount.kind().isOnDisk() && taken.add(mount.target())) {
                    mounts.add(access.equals("ro") ? mount.forReading() : mount);
                }
            }
        }
        return options.withMounts(mounts);
    }
}
