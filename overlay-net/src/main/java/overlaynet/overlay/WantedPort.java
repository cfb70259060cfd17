package overlaynet.overlay;

import overlaynet.balance.VirtualPort;

/**
 * A port of every node that leads to a service's tasks.
 *
 * @param protocol  of it
 * @param published of the nodes
 * @param target    of the tasks
 */
public record WantedPort(VirtualPort.Protocol protocol, int published, int target) {
}
