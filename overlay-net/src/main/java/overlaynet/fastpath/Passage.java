package overlaynet.fastpath;

/** What the programs count, each kind at a place of its own. */
public enum Passage {
    /** Packets from a container straight into the tunnel. */
    TO_NODES,
    /** Packets from the tunnel straight to a container. */
    FROM_NODES,
    /** Packets from a container straight to another one of the node. */
    ON_NODE,
    /** Packets that did not have their container's address as their source, and were dropped. */
    SPOOFED
}
