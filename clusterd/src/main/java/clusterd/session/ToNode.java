package clusterd.session;

import clusterd.model.Role;
import clusterd.model.TaskId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the leading manager says. New ones are added at the end. */
public sealed interface ToNode {
    /**
     * The session has begun.
     *
     * @param session     its number
     * @param beatMillis  how often to beat
     * @param leaseMillis after so long without an answer to a beat, counted from when that beat was sent,
     *                    unique tasks must have ended
     * @param managers    {@code HOST:PORT} of all managers
     */
    record Welcome(long session, long beatMillis, long leaseMillis, List<String> managers)
            implements ToNode {
        /** Copies the list. */
        public Welcome {
            managers = List.copyOf(managers);
        }
    }

    /** What has changed of the node's tasks; the first one after the welcome is whole. */
    record Assign(AssignmentDelta delta) implements ToNode {
    }

    /** That beat was heard. */
    record Heard(long number) implements ToNode {
    }

    /** Another manager leads: go there; {@code ""} if nobody knows who. */
    record Elsewhere(String address) implements ToNode {
    }

    /**
     * The node cannot have a session.
     *
     * @param message why, and what to do
     * @param removed whether it is no part of the cluster any more: its tasks are to end
     */
    record Refused(String message, boolean removed) implements ToNode {
    }

    /** These are the managers now. */
    record Managers(List<String> addresses) implements ToNode {
        /** Copies the list. */
        public Managers {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Somebody wants to see what a task wrote; the node sends it on a stream of its own.
     *
     * @param reading        its name on that stream
     * @param task           whose
     * @param follow         whether to go on with what it writes from now on
     * @param tailLines      from the end; -1 = all
     * @param sinceUnixNanos 0 = from the beginning
     * @param untilUnixNanos 0 = to the end
     */
    record ReadLogs(String reading, TaskId task, boolean follow, long tailLines, long sinceUnixNanos,
            long untilUnixNanos) implements ToNode {
    }

    /** This is what the node is from now on; that it is so already is said, too. */
    record Become(Role role) implements ToNode {
    }

    /**
     * From now on the node shall say what is in use; only one that says it can is told so.
     *
     * @param everyMillis how often; 0 = not any more
     * @param metrics     what to ask tasks of which services for
     */
    record Measure(long everyMillis, List<ServiceMetrics> metrics) implements ToNode {
        /** Nothing is to be said. */
        public static final Measure NOTHING = new Measure(0, List.of());

        /** Copies the list. */
        public Measure {
            metrics = List.copyOf(metrics);
        }
    }

    /**
     * Whom to trust from now on, and by which root to have a certificate.
     *
     * @param root         digest of the root that issues, 64 hex digits: a certificate by another one is to be
     *                     renewed
     * @param roots        digests of all roots that are trusted: others are to be dropped
     * @param shutOut      members whose certificates of up to then, milliseconds since 1970, are refused
     * @param spreadMillis within which to renew, at a random moment
     */
    record Trust(String root, List<String> roots, SortedMap<String, Long> shutOut, long spreadMillis)
            implements ToNode {
        /** Copies the collections. */
        public Trust {
            roots = List.copyOf(roots);
            shutOut = Collections.unmodifiableSortedMap(new TreeMap<>(shutOut));
        }
    }

    /** What has changed of networks; only a node that has said where tunnels reach it is told so. */
    record Networks(NetworkDelta delta) implements ToNode {
    }

    /**
     * The network the node wants a part of cannot be had.
     *
     * @param name as it was asked for
     * @param why  and what to do
     */
    record NoNetwork(String name, String why) implements ToNode {
    }
}
