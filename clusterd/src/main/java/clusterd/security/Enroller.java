package clusterd.security;

import clusterd.credential.Peer;
import java.io.IOException;
import java.util.List;

/** Gives certificates to machines that join, and the next ones to members. Called by several threads. */
public interface Enroller {

    /**
     * What a machine that joins says of itself, as it came.
     *
     * @param nodeId    the name it would like
     * @param addresses IP addresses as text, where others reach it
     * @param hostName  of the machine
     * @param version   of its agent
     */
    record Facts(String nodeId, List<String> addresses, String hostName, String version) {
        public Facts {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Lets a machine join.
     *
     * @param token   the join token's text, as it came
     * @param request PKCS#10, DER, as it came
     * @throws RefusedException with the reason, for the machine
     * @throws IOException      if it cannot be decided now, the log has no leader; ask again
     */
    Authority.Issued enroll(String token, byte[] request, Facts facts)
            throws RefusedException, IOException;

    /**
     * Gives a member its next certificate.
     *
     * @param peer who it is, by its current certificate, which has been checked
     * @throws RefusedException as {@link #enroll}
     * @throws IOException      as {@link #enroll}
     */
    Authority.Issued renew(Peer peer, byte[] request, List<String> addresses) throws RefusedException, IOException;
}
