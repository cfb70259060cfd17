package clusterd.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows the identity that is current when a handshake begins. */
final class IdentityKeys extends X509ExtendedKeyManager {
    private static final String KEY_TYPE = "EC";
    /** A handshake asks for name, key and chain one after the other; identities do not change as often as this. */
    private static final int REMEMBERED = 8;

    private final CurrentIdentity current;
    private final Map<String, NodeIdentity> shown = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, NodeIdentity> eldest) {
            return size() > REMEMBERED;
        }
    });

    IdentityKeys(CurrentIdentity current) {
        this.current = current;
    }

    /** The current identity's certificate by its serial number: the key asked for next is of the same one. */
    private String alias(String... keyTypes) {
        if (keyTypes == null || !Arrays.asList(keyTypes).contains(KEY_TYPE)) {
            return null;
        }
        NodeIdentity identity = current.get();
        shown.put(identity.serial(), identity);
        return identity.serial();
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return alias(keyType);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        String alias = alias(keyType);
        return alias == null ? new String[0] : new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return Optional.ofNullable(shown.get(alias))
                .map(identity -> identity.chain().toArray(X509Certificate[]::new)).orElse(null);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return Optional.ofNullable(shown.get(alias)).map(NodeIdentity::key).orElse(null);
    }
}
