package cli.lab;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A virtual host as it is at one moment.
 *
 * @param node          {@code node1}
 * @param hostName      {@code lab-node1}
 * @param state         of host and agent
 * @param pid           of the agent on this machine; 0 if none runs
 * @param residentBytes memory the agent has in use
 * @param socket        where it answers
 * @param faults        what is wrong with what it receives, a few words each
 */
public record HostView(String node, String hostName, InetAddress address, State state, int pid,
        long residentBytes, Path socket, List<String> faults) {

    /** What a host can be. */
    public enum State {
        /** No process of it runs. */
        OFF("off"),
        /** It runs, without an agent. */
        NO_AGENT("no agent"),
        /** Its agent was stopped by a signal. */
        PAUSED("paused"),
        /** Its agent runs. */
        RUNNING("running");

        private final String words;

        State(String words) {
            this.words = words;
        }

        /** As it is printed. */
        public String words() {
            return words;
        }
    }

    /** Nothing can change the list any more. */
    public HostView {
        faults = List.copyOf(faults);
    }
}
