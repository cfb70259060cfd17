package clusterd.state;

import clusterd.model.Block;
import clusterd.model.Decision;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.Node;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.VaultEntry;
import clusterd.model.VirtualAddress;

/** A piece of a state, as snapshots have them. New ones are added at the end. */
public sealed interface Part {
    /** The term that counts. */
    record Term(long term) implements Part {
    }

    /** A project. */
    record OfProject(Project project) implements Part {
    }

    /** A secret or configuration. */
    record OfFile(StoredFile file) implements Part {
    }

    /** A node. */
    record OfNode(Node node) implements Part {
    }

    /** A service. */
    record OfService(Service service) implements Part {
    }

    /** A task. */
    record OfTask(Task task) implements Part {
    }

    /** A decision. */
    record OfDecision(Decision decision) implements Part {
    }

    /** An entry of the vault. */
    record OfVault(VaultEntry entry) implements Part {
    }

    /** A network. */
    record OfNetwork(Network network) implements Part {
    }

    /** A node's part of a network. */
    record OfBlock(Block block) implements Part {
    }

    /** A service's address. */
    record OfVirtualAddress(VirtualAddress address) implements Part {
    }

    /** Which address of a network a service was given last. */
    record OfLastVirtual(NetworkId network, int place) implements Part {
    }
}
