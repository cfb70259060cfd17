package overlaynet.overlay;

import java.net.InetAddress;
import overlaynet.trace.TunnelKind;

/**
 * To another node's part of a network.
 *
 * @param network     its name
 * @param node        the other one's id
 * @param underlay    where that one is reached beside the network
 * @param bridge      its address in the network
 * @param mtuBytes    the network's largest packet
 * @param aroundBytes what is put around a packet on its way
 * @param kind        what leads there
 */
record Way(String network, String node, InetAddress underlay, InetAddress bridge, int mtuBytes, int aroundBytes, TunnelKind kind) {
}
