package clusterd.security;

import clusterd.credential.Peer;
import java.io.IOException;
import java.util.List;

/** Gives certificates to machines that join, and the next ones to members. Called by several threads. */
public interface Enroller {

    /**
     * Lets a machine join.
     *
     * @param token     the join token's text, as it came
     * @param request   PKCS#10, DER, as it came
     * @param nodeId    the name it would like, as it came
     * @param addresses IP addresses as text, as they came
     * @throws RefusedException with the reason, for the machine
     * @throws IOException      if it cannot be decided now, the log has no leader; ask again
     */
    Authority.Issued enroll(String token, byte[] request, String nodeId, List<String> addresses)
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
