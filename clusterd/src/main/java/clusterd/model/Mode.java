package clusterd.model;

import java.util.List;
import java.util.Optional;

/** How many tasks a service has, and until when. */
public sealed interface Mode {
    /**
     * So many, always.
     *
     * @param replicas 0 or more
     * @param unique   whether two of the same place must never run at once, at the price that a node cut
     *                 off from the managers stops its own
     */
    record Replicated(int replicas, boolean unique) implements Mode {
    }

    /** One on each node that fits, always. */
    record Global() implements Mode {
    }

    /**
     * Until so many have come to a good end.
     *
     * @param completions 1 or more
     * @param parallelism at once; 1 or more
     */
    record Job(int completions, int parallelism) implements Mode {
    }

    /**
     * A job whenever its time comes.
     *
     * @param schedule   five fields as in crontab(5), in UTC
     * @param job        what is run
     * @param concurrent whether one may begin while the last one is under way
     */
    record Cron(String schedule, Job job, boolean concurrent) implements Mode {
    }

    /**
     * So many in each of several sites, always.
     *
     * @param replicas in each; 0 or more
     * @param unique   as of {@link Replicated}; not with a standby
     * @param sites    by name; empty = every site that has nodes, but for the standby
     * @param standby  what takes the place of one that is lost; empty = nothing does
     */
    record PerSite(int replicas, boolean unique, List<String> sites, Optional<Standby> standby) implements Mode {
        /** Copies the list. */
        public PerSite {
            sites = List.copyOf(sites);
        }

        /** How many the standby has while some sites are lost; 0 without one. */
        public int standbyReplicas(List<SiteLoss> losses) {
            long covered = losses.stream().filter(SiteLoss::isCovered).count();
            return standby.map(each -> Math.max(each.replicas(), (int) (covered * replicas))).orElse(0);
        }
    }

    /** Until each node that fits has brought it to a good end once, whenever a node comes. */
    record GlobalJob() implements Mode {
    }

    /** Whether two of the same place must never run at once. */
    default boolean isUnique() {
        return switch (this) {
            case Replicated replicated -> replicated.unique();
            case PerSite perSite -> perSite.unique();
            case Global global -> false;
            case Job job -> false;
            case Cron cron -> false;
            case GlobalJob globalJob -> false;
        };
    }

    /** Whether its tasks are wanted for ever, so that a change exchanges them. */
    default boolean isLasting() {
        return switch (this) {
            case Replicated replicated -> true;
            case Global global -> true;
            case PerSite perSite -> true;
            case Job job -> false;
            case Cron cron -> false;
            case GlobalJob globalJob -> false;
        };
    }

    /** Whether which places it has depends on the nodes there are. */
    default boolean followsNodes() {
        return switch (this) {
            case Global global -> true;
            case PerSite perSite -> true;
            case GlobalJob globalJob -> true;
            case Replicated replicated -> false;
            case Job job -> false;
            case Cron cron -> false;
        };
    }
}
