package clusterd.decider;

import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.scheduler.Scheduler;
import clusterd.scheduler.TaskGroup;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/** Tasks that wait for a node: those that may have one by now, equal ones together, and those that may later. */
final class Waiting {
    private static final Comparator<TaskGroup> MOST_IMPORTANT_FIRST =
            Comparator.comparingInt((TaskGroup each) -> each.service().spec().priority()).reversed()
                    .thenComparingLong(each -> each.service().createdMillis());

    /** Equal tasks. */
    private record Kind(ServiceId service, long specVersion, String site) implements Comparable<Kind> {
        static Kind of(Task task) {
            return new Kind(task.service(), task.specVersion(), task.site());
        }

        @Override
        public int compareTo(Kind other) {
            int byService = service.compareTo(other.service);
            int byVersion = byService != 0 ? byService : Long.compare(specVersion, other.specVersion);
            return byVersion != 0 ? byVersion : site.compareTo(other.site);
        }
    }

    private PSortedMap<Kind, PSortedSet<TaskId>> ready = TreePMap.empty();
    private PSortedMap<Long, PSortedSet<TaskId>> later = TreePMap.empty();

    void put(Task task) {
        if (!Decider.waits(task)) {
            remove(task);
        } else if (task.notBeforeMillis() == 0) {
            ready = plus(ready, Kind.of(task), task.id());
        } else {
            later = plus(later, task.notBeforeMillis(), task.id());
        }
    }

    void remove(Task task) {
        if (task.notBeforeMillis() == 0) {
            ready = minus(ready, Kind.of(task), task.id());
        } else {
            later = minus(later, task.notBeforeMillis(), task.id());
        }
    }

    private static <K> PSortedMap<K, PSortedSet<TaskId>> plus(PSortedMap<K, PSortedSet<TaskId>> map, K key,
            TaskId id) {
        PSortedSet<TaskId> ids = map.get(key);
        return map.plus(key, (ids == null ? TreePSet.<TaskId>empty() : ids).plus(id));
    }

    private static <K> PSortedMap<K, PSortedSet<TaskId>> minus(PSortedMap<K, PSortedSet<TaskId>> map, K key,
            TaskId id) {
        PSortedSet<TaskId> ids = map.get(key);
        if (ids == null) {
            return map;
        }
        PSortedSet<TaskId> rest = ids.minus(id);
        return rest.isEmpty() ? map.minus(key) : map.plus(key, rest);
    }

    OptionalLong next() {
        return later.isEmpty() ? OptionalLong.empty() : OptionalLong.of(later.firstKey());
    }

    /** As it will be after changes that are not applied yet. */
    Waiting with(List<Change> changes) {
        Waiting then = new Waiting();
        then.ready = ready;
        then.later = later;
        for (Change change : changes) {
            if (change instanceof Change.TaskChange task) {
                if (task.after().isPresent()) {
                    then.put(task.latest());
                } else {
                    then.remove(task.latest());
                }
            }
        }
        return then;
    }

    /** Those that may not have a node yet, the first that may first. */
    List<TaskGroup> later(ClusterState state, long nowMillis) {
        Map<Kind, List<Task>> kinds = new LinkedHashMap<>();
        for (PSortedSet<TaskId> ids : later.tailMap(nowMillis + 1).values()) {
            for (TaskId id : ids) {
                Task task = state.task(id).orElseThrow();
                kinds.computeIfAbsent(Kind.of(task), key -> new ArrayList<>()).add(task);
            }
        }
        return groups(kinds, state);
    }

    private static List<TaskGroup> groups(Map<Kind, List<Task>> kinds, ClusterState state) {
        List<TaskGroup> groups = new ArrayList<>();
        kinds.forEach((kind, tasks) -> {
            Service service = state.service(kind.service()).orElseThrow();
            groups.add(new TaskGroup(service, kind.specVersion(), tasks, kind.site()));
        });
        return groups;
    }

    /** Those that may have a node now and for which there may be one: the most important, at most so many. */
    List<TaskGroup> groups(ClusterState state, Scheduler scheduler, long nowMillis, int limit) {
        Map<Kind, List<Task>> kinds = new LinkedHashMap<>();
        ready.forEach((kind, ids) -> {
            if (!scheduler.isBlocked(kind.service(), kind.specVersion(), kind.site())) {
                List<Task> tasks = kinds.computeIfAbsent(kind, key -> new ArrayList<>());
                ids.stream().limit(limit).forEach(id -> tasks.add(state.task(id).orElseThrow()));
            }
        });
        for (PSortedSet<TaskId> ids : later.headMap(nowMillis + 1).values()) {
            for (TaskId id : ids) {
                Task task = state.task(id).orElseThrow();
                kinds.computeIfAbsent(Kind.of(task), key -> new ArrayList<>()).add(task);
            }
        }
        List<TaskGroup> groups = groups(kinds, state);
        groups.sort(MOST_IMPORTANT_FIRST);
        List<TaskGroup> first = new ArrayList<>();
        int count = 0;
        for (TaskGroup each : groups) {
            if (count < limit) {
                List<Task> some = each.tasks().subList(0, Math.min(each.tasks().size(), limit - count));
                first.add(new TaskGroup(each.service(), each.specVersion(), some, each.site()));
                count += some.size();
            }
        }
        return first;
    }
}
