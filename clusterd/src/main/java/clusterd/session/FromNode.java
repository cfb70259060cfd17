package clusterd.session;

import clusterd.model.NodeDescription;
import clusterd.state.TaskReport;
import java.util.List;
import java.util.OptionalLong;

/** What a node says. New ones are added at the end. */
public sealed interface FromNode {
    /**
     * The first word.
     *
     * @param nodeId      who; the certificate must say the same
     * @param instance    chosen at random by the agent when it started: another one with the same identity has
     *                    another
     * @param description what it has
     * @param reports     of every task it has
     * @param measures    whether it knows {@link ToNode.Measure}
     */
    record Hello(String nodeId, String instance, NodeDescription description, List<TaskReport> reports,
            boolean measures) implements FromNode {
        /** Copies the list. */
        public Hello {
            reports = List.copyOf(reports);
        }

        /** Of a node that measures nothing. */
        public Hello(String nodeId, String instance, NodeDescription description, List<TaskReport> reports) {
            this(nodeId, instance, description, reports, false);
        }
    }

    /** It is there; numbered on from 1. */
    record Beat(long number) implements FromNode {
    }

    /** Something became of tasks. */
    record Report(List<TaskReport> reports) implements FromNode {
        /** Copies the list. */
        public Report {
            reports = List.copyOf(reports);
        }
    }

    /** It has, or is, something else. */
    record Describe(NodeDescription description) implements FromNode {
    }

    /** It ends, and its tasks go on: the next agent will be here soon. */
    record Leave(String message) implements FromNode {
    }

    /**
     * What is in use, as {@link ToNode.Measure} wants to know it.
     *
     * @param cpuMillis   thousandths of a processor that the node was busy with, since it last said so; empty = not
     *                    known yet
     * @param memoryBytes of main memory that no other program could have
     * @param tasks       those that run
     */
    record Usage(OptionalLong cpuMillis, long memoryBytes, List<TaskUsage> tasks) implements FromNode {
        /** Copies the list. */
        public Usage {
            tasks = List.copyOf(tasks);
        }
    }

    /** A container that is no task shall join the network of that name or id: the node wants a part of it. */
    record WantNetwork(String name) implements FromNode {
    }
}
