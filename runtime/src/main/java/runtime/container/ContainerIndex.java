package runtime.container;

import static runtime.container.ContainerException.Reason.AMBIGUOUS_NAME;
import static runtime.container.ContainerException.Reason.INVALID_OPTION;
import static runtime.container.ContainerException.Reason.NAME_IN_USE;
import static runtime.container.ContainerException.Reason.NOT_FOUND;

import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** All containers by id and name. Thread-safe. */
final class ContainerIndex {
    private final TreeMap<String, Container> byId = new TreeMap<>();
    /** Name to id; a name is held from before its container exists, so that two creates cannot share one. */
    private final Map<String, String> names = new HashMap<>();
    private final Set<Long> userRanges = new HashSet<>();
    /** The ids systemd sets aside for containers: 0x00080000 to 0x6fffffff (UIDS-GIDS.md). */
    private static final long FIRST_RANGE = 0x80000;
    private static final int RANGES = 0x6ff0;

    private final RandomGenerator random;
    private final int firstRange;

    /**
     * @param random for ids and names
     * @param place  where among the host's ranges this daemon begins to look, so that daemons side by side
     *               rarely choose the same
     */
    ContainerIndex(RandomGenerator random, int place) {
        this.random = random;
        this.firstRange = Math.floorMod(place, RANGES);
    }

    /** A new id: 64 hexadecimal digits, the first twelve not all decimal, since they become a hostname. */
    synchronized String newId() {
        while (true) {
            StringBuilder id = new StringBuilder(64);
            for (int part = 0; part < 4; part++) {
                id.append(HexFormat.of().toHexDigits(random.nextLong()));
            }
            boolean number = id.substring(0, 12).chars().allMatch(c -> c <= '9');
            if (!number && !byId.containsKey(id.toString())) {
                return id.toString();
            }
        }
    }

    /**
     * Takes a name for an id, making one up if none is wanted.
     *
     * @throws ContainerException if it is taken or no name at all
     */
    synchronized String reserveName(String wanted, String id) throws ContainerException {
        String name = wanted.startsWith("/") ? wanted.substring(1) : wanted;
        if (name.isEmpty()) {
            name = NameMaker.make(random, names::containsKey);
        }
        if (!ContainerRecord.isName(name)) {
            throw new ContainerException(INVALID_OPTION, "invalid container name (" + wanted
                    + "): only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed, at most 128 characters");
        }
        String holder = names.putIfAbsent(name, id);
        if (holder != null) {
            throw new ContainerException(NAME_IN_USE, "the container name \"" + name
                    + "\" is already in use by container " + holder.substring(0, 12)
                    + "; remove or rename that container to reuse the name");
        }
        return name;
    }

    /**
     * Takes the host ids {@code [result, result + 65536)}, which no other container here has. Ranges that
     * are free again are taken first: the launcher keeps a namespace for each it has seen.
     */
    synchronized long reserveUserRange() {
        for (int number = 0; ; number++) {
            long base = FIRST_RANGE + ((long) (firstRange + number) % RANGES << 16);
            if (userRanges.add(base)) {
                return base;
            }
        }
    }

    /** Gives back what a container that never came to be had reserved. */
    synchronized void release(String name, java.util.OptionalLong userRange) {
        names.remove(name);
        userRange.ifPresent(userRanges::remove);
    }

    /** Gives a name back. */
    synchronized void releaseName(String name) {
        names.remove(name);
    }

    synchronized void add(Container container) {
        ContainerRecord record = container.record();
        byId.put(container.id(), container);
        names.put(record.name(), container.id());
        record.userRange().ifPresent(userRanges::add);
    }

    synchronized void remove(Container container) {
        // Once only: name and range may be another's by then.
        if (byId.remove(container.id(), container)) {
            release(container.record().name(), container.record().userRange());
        }
    }

    synchronized List<Container> all() {
        return List.copyOf(byId.values());
    }

    /**
     * The container of that id, name, or beginning of an id: in this order, as docker looks.
     *
     * @throws ContainerException if there is none, or several
     */
    synchronized Container find(String text) throws ContainerException {
        String name = text.startsWith("/") ? text.substring(1) : text;
        Container exact = byId.get(name);
        if (exact == null && names.containsKey(name)) {
            exact = byId.get(names.get(name));
        }
        if (exact != null) {
            return exact;
        }
        if (name.matches("[0-9a-f]{1,64}")) {
            List<Container> fitting = byId.tailMap(name).values().stream()
                    .takeWhile(each -> each.id().startsWith(name)).limit(2).toList();
            if (fitting.size() > 1) {
                throw new ContainerException(AMBIGUOUS_NAME, "several containers' ids begin with "
                        + name + ": give more digits");
            }
            if (!fitting.isEmpty()) {
                return fitting.getFirst();
            }
        }
        throw new ContainerException(NOT_FOUND, "no such container: " + text);
    }
}
