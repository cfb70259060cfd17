package clusterd.raft;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Mutual TLS between members, with certificates that can be replaced while the log runs: each new connection
 * uses those of the moment, while one that stands goes on until it ends. Whoever is trusted may do everything
 * a member may, so trust those who sign managers alone.
 */
public final class Tls {
    private record Pair(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        Pair {
            Objects.requireNonNull(keys, "keys");
            Objects.requireNonNull(trust, "trust");
        }
    }

    private final AtomicReference<Pair> current;
    private final X509ExtendedKeyManager keys = new CurrentKeys();
    private final X509ExtendedTrustManager trust = new CurrentTrust();

    /**
     * @param keys  this member's key and certificate, good for a server and a client
     * @param trust who else may take part
     */
    public Tls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        current = new AtomicReference<>(new Pair(keys, trust));
    }

    /** From now on these, for new connections. */
    public void replace(X509ExtendedKeyManager newKeys, X509ExtendedTrustManager newTrust) {
        current.set(new Pair(newKeys, newTrust));
    }

    X509ExtendedKeyManager keys() {
        return keys;
    }

    X509ExtendedTrustManager trust() {
        return trust;
    }

    private X509ExtendedKeyManager currentKeys() {
        return current.get().keys();
    }

    private X509ExtendedTrustManager currentTrust() {
        return current.get().trust();
    }

    private final class CurrentKeys extends X509ExtendedKeyManager {
        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return currentKeys().getClientAliases(type, issuers);
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return currentKeys().chooseClientAlias(types, issuers, socket);
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return currentKeys().chooseEngineClientAlias(types, issuers, engine);
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return currentKeys().getServerAliases(type, issuers);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return currentKeys().chooseServerAlias(type, issuers, socket);
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            return currentKeys().chooseEngineServerAlias(type, issuers, engine);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return currentKeys().getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return currentKeys().getPrivateKey(alias);
        }
    }

    private final class CurrentTrust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            currentTrust().checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            currentTrust().checkServerTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            currentTrust().checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            currentTrust().checkServerTrusted(chain, type, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            currentTrust().checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            currentTrust().checkServerTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return currentTrust().getAcceptedIssuers();
        }
    }
}
