package runtime.topology;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import runtime.cgroup.ProcessorSet;

/**
 * Processors, as the kernel lists them ({@code cpuset(7)}, list format): {@code 0-3,8}.
 *
 * @param ids ascending, each once
 */
public record CpuList(List<Integer> ids) {
    /** None. */
    public static final CpuList NONE = new CpuList(List.of());

    /** Sorts, and leaves out what is there twice. */
    public CpuList {
        ids = List.copyOf(new TreeSet<>(ids));
    }

    /** Those of a text; empty if it is none. */
    public static Optional<CpuList> parse(String text) {
        return text.isBlank() ? Optional.of(NONE) : ProcessorSet.parse(text).map(set -> new CpuList(set.stream().boxed().toList()));
    }

    /** How many. */
    public int size() {
        return ids.size();
    }

    /** These without others. */
    public CpuList without(Collection<Integer> others) {
        return new CpuList(ids.stream().filter(each -> !others.contains(each)).toList());
    }

    /** These and others. */
    public CpuList with(CpuList others) {
        TreeSet<Integer> both = new TreeSet<>(ids);
        both.addAll(others.ids);
        return new CpuList(List.copyOf(both));
    }

    /** The first of them. */
    public CpuList first(int count) {
        return new CpuList(ids.subList(0, count));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ids.size();) {
            int end = i;
            while (end + 1 < ids.size() && ids.get(end + 1) == ids.get(end) + 1) {
                end++;
            }
            text.append(text.isEmpty() ? "" : ",").append(ids.get(i));
            if (end > i) {
                text.append('-').append(ids.get(end));
            }
            i = end + 1;
        }
        return text.toString();
    }
}
