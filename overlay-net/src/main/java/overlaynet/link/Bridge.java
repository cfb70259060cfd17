package overlaynet.link;

import java.net.InetAddress;
import overlaynet.ipam.Subnet;

/**
 * A bridge that is ready to take containers.
 *
 * @param linkName name of the link
 * @param index    its index in the host's namespace
 * @param subnet   the addresses of its containers
 * @param gateway  the bridge's own address, where containers send what is for elsewhere
 * @param mtuBytes largest packet, that of the host's uplink
 */
public record Bridge(String linkName, int index, Subnet subnet, InetAddress gateway,
        int mtuBytes) {}
