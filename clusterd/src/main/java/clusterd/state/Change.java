package clusterd.state;

import clusterd.model.Block;
import clusterd.model.Decision;
import clusterd.model.Network;
import clusterd.model.Node;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.VaultEntry;
import clusterd.model.VirtualAddress;
import java.util.Optional;

/** What a command changed: what was there, and what is; never neither. */
public sealed interface Change {
    /** Of a service. */
    record ServiceChange(Optional<Service> before, Optional<Service> after) implements Change {
        /** Whichever there is, the later one first. */
        public Service latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** Of a task. */
    record TaskChange(Optional<Task> before, Optional<Task> after) implements Change {
        /** Whichever there is, the later one first. */
        public Task latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** Of a node. */
    record NodeChange(Optional<Node> before, Optional<Node> after) implements Change {
        /** Whichever there is, the later one first. */
        public Node latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** Of a secret or configuration. */
    record FileChange(Optional<StoredFile> before, Optional<StoredFile> after) implements Change {
    }

    /** Of a project. */
    record ProjectChange(Optional<Project> before, Optional<Project> after) implements Change {
    }

    /** One more decision is kept. */
    record DecisionKept(Decision decision) implements Change {
    }

    /** The vault has another content of an entry. */
    record VaultChange(VaultEntry entry) implements Change {
    }

    /** Of a network. */
    record NetworkChange(Optional<Network> before, Optional<Network> after) implements Change {
        /** Whichever there is, the later one first. */
        public Network latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** Of a node's part of a network. */
    record BlockChange(Optional<Block> before, Optional<Block> after) implements Change {
        /** Whichever there is, the later one first. */
        public Block latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** Of a service's address in a network. */
    record VirtualAddressChange(Optional<VirtualAddress> before, Optional<VirtualAddress> after) implements Change {
        /** Whichever there is, the later one first. */
        public VirtualAddress latest() {
            return after.or(() -> before).orElseThrow();
        }
    }

    /** A manager leads, by its id. */
    record TermBegan(long term, String leader) implements Change {
    }
}
