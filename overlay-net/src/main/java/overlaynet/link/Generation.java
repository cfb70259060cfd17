package overlaynet.link;

import java.io.IOException;
import linux.abi.Errno;
import linux.netlink.MalformedReplyException;
import linux.netlink.NftablesMessages;
import linux.socket.NetlinkSocket;

/** How often nf_tables was written to in a network namespace, whoever did. */
final class Generation {
    private Generation() {}

    /** @param socket of netfilter, in that namespace */
    static long read(NetlinkSocket socket) throws IOException {
        byte[] answer = socket.get(NftablesMessages.generation(), Errno.ENOENT).orElseThrow();
        try {
            return NftablesMessages.decodeGeneration(answer);
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }
}
