package clusterd.security;

import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** The other end of a connection is none to talk to; the message is the sentence that says why. */
public final class RefusedPeerException extends CertificateException {
    private static final long serialVersionUID = 1L;
    private static final int DEEPEST = 20;

    /** @param reason the whole sentence */
    public RefusedPeerException(String reason) {
        super(reason);
    }

    RefusedPeerException(String reason, Exception cause) {
        super(reason, cause);
    }

    /**
     * Why a connection failed, if TLS is why: gRPC says no more than UNAVAILABLE, and hides the reason among
     * the causes.
     *
     * @return a sentence; empty if it failed for another reason
     */
    public static Optional<String> reason(Throwable failure) {
        Throwable cause = failure;
        String outer = null;
        for (int i = 0; i < DEEPEST && cause != null; i++, cause = cause.getCause()) {
            if (cause instanceof RefusedPeerException refused) {
                return Optional.of(refused.getMessage());
            }
            if (cause instanceof SSLException broken) {
                outer = "the connection was refused in the TLS handshake: " + broken.getMessage() + "; the other side"
                        + " does not accept this certificate, is of another cluster, or does not speak TLS 1.3 there";
            }
        }
        return Optional.ofNullable(outer);
    }
}
