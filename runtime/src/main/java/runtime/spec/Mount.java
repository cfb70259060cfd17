package runtime.spec;

import java.util.List;
import java.util.Optional;

/**
 * One mount (OCI runtime-spec config.md, mounts).
 *
 * @param destination absolute path in the container
 * @param type        file system type as {@code mount(2)} takes it; absent for a bind mount
 * @param source      device, folder or name; absent if the type needs none
 * @param options     as in {@code fstab(5)}: {@code ro}, {@code nosuid}, {@code rbind}, data …
 * @param uidMappings ids of an idmapped mount ({@code mount_setattr(2)})
 * @param gidMappings likewise for groups
 */
public record Mount(
        String destination,
        Optional<String> type,
        Optional<String> source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {

    public Mount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /** A mount of a file system, without id mapping. */
    public static Mount of(String destination, String type, String source, String... options) {
        return new Mount(destination, Optional.of(type), Optional.of(source), List.of(options),
                List.of(), List.of());
    }

    /** Whether it shows a part of the host's tree: type or option says bind or rbind. */
    public boolean isBind() {
        return type.filter("bind"::equals).isPresent()
                || options.contains("bind") || options.contains("rbind");
    }
}
