package clusterd.security;

import clusterd.credential.Validity;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whether a chain leads to a root, by the JDK's rules for paths (RFC 5280) and for keys' purposes. */
final class ChainCheck {
    private static final int LONGEST = 8;

    /** Which end of the connection the chain is from. */
    enum End { CLIENT, SERVER }

    private ChainCheck() {}

    /**
     * Checks it as of a time when its first certificate holds: whether it does now is told apart from who it
     * is.
     *
     * @throws RefusedPeerException if it does not lead to one of the roots
     */
    static void check(X509Certificate[] chain, String authType, End end, Collection<X509Certificate> roots,
            Instant now) throws RefusedPeerException {
        if (chain == null || chain.length == 0 || chain.length > LONGEST) {
            throw new RefusedPeerException("the other side sent " + (chain == null ? 0 : chain.length)
                    + " certificates");
        }
        Validity validity = Certificates.validity(chain[0]);
        Instant then = now.isBefore(validity.notBefore()) ? validity.notBefore()
                : now.isAfter(validity.notAfter()) ? validity.notAfter() : now;
        try {
            X509TrustManager platform = platform(roots, then);
            if (end == End.CLIENT) {
                platform.checkClientTrusted(chain, authType);
            } else {
                platform.checkServerTrusted(chain, authType);
            }
        } catch (CertificateException untrusted) {
            throw new RefusedPeerException("the certificate of " + chain[0].getSubjectX500Principal()
                    + " does not lead to a root this side trusts (" + brief(roots) + "): the other side is of another"
                    + " cluster, somebody is between, or the cluster has exchanged its root while this node was off: then"
                    + " join it again with a new token; " + untrusted.getMessage(), untrusted);
        }
    }

    private static String brief(Collection<X509Certificate> roots) {
        return roots.stream().map(root -> Certificates.digest(root).brief()).collect(Collectors.joining(", "));
    }

    private static X509TrustManager platform(Collection<X509Certificate> roots, Instant then) {
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(
                    roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()),
                    new X509CertSelector());
            parameters.setRevocationEnabled(false); // by lists of the cluster's own
            parameters.setDate(Date.from(then));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            TrustManager[] managers = factory.getTrustManagers();
            return Arrays.stream(managers).filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast).findFirst().orElseThrow();
        } catch (InvalidAlgorithmParameterException none) {
            throw new IllegalStateException("no root is trusted, so nobody is", none);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no PKIX", missing);
        }
    }
}
