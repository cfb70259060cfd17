package runtime.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The folders that together are one container's control group.
 *
 * @param legacyFolders      folder by v1 controller, only of those the container joins
 * @param unifiedFolder      its folder in the v2 hierarchy
 * @param unifiedControllers controllers in use there
 */
public record CgroupPlace(
        Map<String, String> legacyFolders,
        Optional<String> unifiedFolder,
        Set<String> unifiedControllers) {

    public CgroupPlace {
        legacyFolders = Collections.unmodifiableMap(new TreeMap<>(legacyFolders));
        unifiedControllers = Set.copyOf(unifiedControllers);
    }

    /** Every folder once, v1 first. */
    public List<String> folders() {
        Set<String> folders = new LinkedHashSet<>(legacyFolders.values());
        unifiedFolder.ifPresent(folders::add);
        return new ArrayList<>(folders);
    }

    /** A file of a v1 controller, if the container is in that hierarchy. */
    public Optional<String> legacyFile(String controller, String file) {
        return Optional.ofNullable(legacyFolders.get(controller))
                .map(folder -> folder + "/" + file);
    }

    /** A file of a v2 controller, if the container uses it there. */
    public Optional<String> unifiedFile(String controller, String file) {
        return unifiedFolder
                .filter(folder -> unifiedControllers.contains(controller))
                .map(folder -> folder + "/" + file);
    }

    /** A file every cgroup of the v2 hierarchy has, such as {@code cgroup.kill}. */
    public Optional<String> unifiedFile(String file) {
        return unifiedFolder.map(folder -> folder + "/" + file);
    }
}
