package clusterd.security;

import clusterd.credential.JoinToken;
import clusterd.credential.Peer;
import clusterd.credential.Permissions;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.security.Security;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS 1.3 between members, by the JDK. Each handshake uses the identity that is current then, so a renewed
 * certificate needs no new context.
 */
public final class TlsContexts {
    private static final String TLS = "TLSv1.3";
    private static final String PROVIDER = "SunJSSE";

    private final CurrentIdentity identity;
    private final Supplier<Revoked> revoked;
    private final InstantSource clock;
    private final OpenConnections open = new OpenConnections();

    /** @param revoked who is shut out; asked in each handshake and at each call */
    public TlsContexts(CurrentIdentity identity, Supplier<Revoked> revoked, InstantSource clock) {
        this.identity = identity;
        this.revoked = revoked;
        this.clock = clock;
    }

    /** The identity of this side. */
    public CurrentIdentity identity() {
        return identity;
    }

    /**
     * For a gRPC server that uses a {@link PeerInterceptor}: clients without a certificate get through the
     * handshake, expired ones and those shut out too, and each call says what is wrong. Clients of another
     * root do not.
     */
    public SslContext server() {
        SslContextBuilder builder = SslContextBuilder.forServer(keyManager())
                .trustManager(new MemberTrust(identity::get, revoked, clock, EnumSet.allOf(Role.class),
                        MemberTrust.Strictness.CALL, open))
                .clientAuth(ClientAuth.OPTIONAL);
        return built(builder);
    }

    /** What a server needs beside {@link #server}; {@link ClusterServer} has both. */
    public PeerInterceptor interceptor(Permissions permissions) {
        return new PeerInterceptor(permissions, revoked, this::isByTrustedRoot, clock);
    }

    /** Whether the root that a peer was let in by is still trusted. */
    private boolean isByTrustedRoot(Peer peer) {
        return identity.get().roots().stream()
                .anyMatch(root -> root.getSubjectX500Principal().getName().equals(peer.issuer()));
    }

    /**
     * Ends connections that stand with who was shut out since, or is by a root that is trusted no more; Raft's,
     * too. To be called when either has changed.
     *
     * @return how many
     */
    public int endRefused() {
        Revoked now = revoked.get();
        return open.end(peer -> now.reason(peer).or(() -> isByTrustedRoot(peer) ? Optional.empty()
                : Optional.of("by a root that is trusted no more")));
    }

    /**
     * For a gRPC client.
     *
     * @param roles what the server may be; {@code MANAGER} for most
     */
    public SslContext client(Set<Role> roles) {
        return built(SslContextBuilder.forClient().keyManager(keyManager()).trustManager(trustManager(roles)));
    }

    /** For a gRPC client that wants to join: it has no certificate, and trusts the token's root alone. */
    public static SslContext joining(JoinToken token, InstantSource clock) {
        return built(SslContextBuilder.forClient().trustManager(new PinnedTrust(token.root(), clock)));
    }

    /** For servers and clients of others, Raft's. */
    public X509ExtendedKeyManager keyManager() {
        return new IdentityKeys(identity);
    }

    /**
     * For servers and clients of others, Raft's: refuses in the handshake those that expired or were shut
     * out.
     *
     * @param roles what the other end may be
     */
    public X509ExtendedTrustManager trustManager(Set<Role> roles) {
        return new MemberTrust(identity::get, revoked, clock, roles,
                MemberTrust.Strictness.HANDSHAKE, open);
    }

    private static SslContext built(SslContextBuilder builder) {
        try {
            return GrpcSslContexts.configure(builder, Security.getProvider(PROVIDER)).protocols(TLS)
                    .build();
        } catch (SSLException missing) {
            throw new IllegalStateException("this Java cannot speak " + TLS, missing);
        }
    }
}
