package runtime.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the kernel demands of {@code uid_map} and {@code gid_map} ({@code user_namespaces(7)}). */
final class IdMappings {
    private static final int MAX_LINES = 340;
    private static final long ID_COUNT = 1L << 32;

    private IdMappings() {}

    static void check(ProblemList problems, String path, List<IdMapping> mappings) {
        problems.require(mappings.size() <= MAX_LINES, path,
                "has " + mappings.size() + " ranges; the kernel takes 340");
        for (int i = 0; i < mappings.size(); i++) {
            IdMapping mapping = mappings.get(i);
            String place = path + "[" + i + "]";
            problems.require(mapping.size() > 0, place + ".size", "must be above 0");
            problems.require(mapping.containerId() + mapping.size() < ID_COUNT
                            && mapping.hostId() + mapping.size() < ID_COUNT,
                    place, "goes beyond id 4294967294");
        }
        disjoint(problems, path, mappings, IdMapping::containerId, "inside");
        disjoint(problems, path, mappings, IdMapping::hostId, "on the host");
    }

    private static void disjoint(
            ProblemList problems,
            String path,
            List<IdMapping> mappings,
            ToLongFunction<IdMapping> first,
            String where) {
        List<IdMapping> sorted = new ArrayList<>(mappings);
        sorted.sort(Comparator.comparingLong(first));
        for (int i = 1; i < sorted.size(); i++) {
            IdMapping before = sorted.get(i - 1);
            problems.require(
                    first.applyAsLong(before) + before.size() <= first.applyAsLong(sorted.get(i)),
                    path, "maps id " + first.applyAsLong(sorted.get(i)) + " " + where + " twice");
        }
    }
}
