package overlaynet.dns;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** So much there is of something, and so much of it for one client. Safe for use by several threads. */
final class Shares {
    private final int most;
    private final int mostOfOne;
    private final Map<InetAddress, Integer> taken = new HashMap<>();
    private int all;

    Shares(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** Takes one, to be given back; false if there is none for that client. */
    synchronized boolean take(InetAddress client) {
        int its = taken.getOrDefault(client, 0);
        if (all >= most || its >= mostOfOne) {
            return false;
        }
        taken.put(client, its + 1);
        all++;
        return true;
    }

    synchronized void giveBack(InetAddress client) {
        taken.computeIfPresent(client, (key, its) -> its == 1 ? null : its - 1);
        all--;
    }
}
