package clusterd.agent;

import api.enrollment.EnrollRequest;
import api.enrollment.EnrollResponse;
import api.enrollment.EnrollmentGrpc;
import api.enrollment.NodeFacts;
import api.enrollment.RefusalReason;
import api.enrollment.RenewRequest;
import clusterd.credential.JoinToken;
import clusterd.credential.Refusal;
import clusterd.security.Certificates;
import clusterd.security.Enroller;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.RefusedException;
import clusterd.security.RefusedPeerException;
import clusterd.security.Renewer;
import clusterd.security.SigningRequest;
import clusterd.security.TlsContexts;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks a manager for this node's certificates: the first one by a join token, the next ones by the one before. */
public final class EnrollmentClient {
    private static final int ANSWER_SECONDS = 30;
    private static final int CLOSE_SECONDS = 5;
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    private EnrollmentClient() {}

    /**
     * Joins a cluster. Says nothing to a server that has not the token's root.
     *
     * @param pair the node's key; the same one when it asks again after an answer was lost
     * @throws RefusedException if the manager refuses
     * @throws IOException      if there is none, or it is not to be trusted: a sentence that says why
     */
    public static NodeIdentity join(String host, int port, JoinToken token, Enroller.Facts facts, KeyPair pair,
            InstantSource clock) throws RefusedException, IOException {
        EnrollRequest request = EnrollRequest.newBuilder().setToken(token.text())
                .setCertificateRequest(ByteString.copyFrom(SigningRequest.create(pair, facts.nodeId())))
                .setFacts(NodeFacts.newBuilder().setNodeId(facts.nodeId()).addAllAddresses(facts.addresses())
                        .setHostName(facts.hostName()).setAgentVersion(facts.version()))
                .build();
        ManagedChannel channel = NettyChannelBuilder.forAddress(host, port)
                .sslContext(TlsContexts.joining(token, clock)).build();
        try {
            return identity(pair, call("the manager at " + host + ":" + port, () -> EnrollmentGrpc
                    .newBlockingStub(channel).withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .enroll(request)));
        } finally {
            end(channel);
        }
    }

    /**
     * What asks for next certificates over a channel to a manager, each with a new key.
     *
     * @param channel   the one to use, asked for each time: managers come and go
     * @param addresses this node's
     */
    public static Renewer renewer(Supplier<ManagedChannel> channel, Supplier<List<String>> addresses,
            SecureRandom random) {
        return current -> {
            KeyPair pair = P256.generate(random);
            RenewRequest request = RenewRequest.newBuilder().addAllAddresses(addresses.get())
                    .setCertificateRequest(ByteString.copyFrom(SigningRequest.create(pair, "renewal"))).build();
            return identity(pair, call("a manager", () -> EnrollmentGrpc.newBlockingStub(channel.get())
                    .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS).renew(request)));
        };
    }

    private static EnrollResponse call(String server, Supplier<EnrollResponse> call)
            throws RefusedException, IOException {
        try {
            return call.get();
        } catch (StatusRuntimeException failed) {
            Optional<Refusal> refusal = Optional.ofNullable(failed.getTrailers())
                    .map(trailers -> trailers.get(REASON)).flatMap(EnrollmentClient::refusal);
            Status status = failed.getStatus();
            if (refusal.isPresent()) {
                throw new RefusedException(refusal.get(), status.getDescription());
            }
            throw new IOException(server + " gave no certificate: " + RefusedPeerException.reason(failed)
                    .orElse(status.getCode() + ", " + status.getDescription()), failed);
        }
    }

    private static Optional<Refusal> refusal(String text) {
        return Arrays.stream(RefusalReason.values()).filter(reason -> reason.name().equals(text)).findFirst()
                .flatMap(reason -> Arrays.stream(Refusal.values())
                        .filter(refusal -> refusal.name().equals(reason.name())).findFirst());
    }

    private static NodeIdentity identity(KeyPair pair, EnrollResponse response) throws IOException {
        try {
            return NodeIdentity.of(pair.getPrivate(), Certificates.decode(bytes(response.getChainList())),
                    Certificates.decode(bytes(response.getRootsList())));
        } catch (CertificateException useless) {
            throw new IOException("the manager's answer is no certificate for this node: " + useless.getMessage(),
                    useless);
        }
    }

    private static List<byte[]> bytes(List<ByteString> strings) {
        return strings.stream().map(ByteString::toByteArray).toList();
    }

    private static void end(ManagedChannel channel) {
        channel.shutdown();
        try {
            if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                channel.shutdownNow();
            }
        } catch (InterruptedException hurry) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
