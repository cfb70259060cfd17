package clusterd.control;

import api.enrollment.EnrollRequest;
import api.enrollment.EnrollResponse;
import api.enrollment.EnrollmentGrpc;
import api.enrollment.RefusalReason;
import api.enrollment.RenewRequest;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Refusal;
import clusterd.credential.Role;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.Enroller;
import clusterd.security.PeerInterceptor;
import clusterd.security.RefusedException;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;

/** The service of {@code enrollment.proto}: messages to calls of an {@link Enroller}, and refusals to statuses. */
public final class EnrollmentService extends EnrollmentGrpc.EnrollmentImplBase {
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    private final Enroller enroller;

    /** Serves what that one gives. */
    public EnrollmentService(Enroller enroller) {
        this.enroller = enroller;
    }

    /** Who may call: anybody enrolls, members renew. */
    public static List<Permission> permissions() {
        return List.of(Permission.open(EnrollmentGrpc.getEnrollMethod().getFullMethodName()),
                Permission.of(EnrollmentGrpc.getRenewMethod().getFullMethodName(), Role.MANAGER, Role.values()));
    }

    private interface Request {
        Authority.Issued issued() throws RefusedException, IOException;
    }

    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> answer) {
        answer(() -> enroller.enroll(request.getToken(), request.getCertificateRequest().toByteArray(),
                new Enroller.Facts(request.getFacts().getNodeId(), request.getFacts().getAddressesList(),
                        request.getFacts().getHostName(), request.getFacts().getAgentVersion())), answer);
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<EnrollResponse> answer) {
        answer(() -> enroller.renew(PeerInterceptor.PEER.get(), request.getCertificateRequest().toByteArray(),
                request.getAddressesList()), answer);
    }

    private static void answer(Request request, StreamObserver<EnrollResponse> answer) {
        EnrollResponse response;
        try {
            response = message(request.issued());
        } catch (RefusedException refused) {
            Metadata trailers = new Metadata();
            trailers.put(REASON, reason(refused.refusal()).name());
            answer.onError(status(refused.refusal()).withDescription(refused.getMessage())
                    .asRuntimeException(trailers));
            return;
        } catch (IOException later) {
            answer.onError(Status.UNAVAILABLE.withDescription("no certificate can be given now, ask again: "
                    + later.getMessage()).asRuntimeException());
            return;
        }
        answer.onNext(response);
        answer.onCompleted();
    }

    private static EnrollResponse message(Authority.Issued issued) {
        return EnrollResponse.newBuilder()
                .addAllChain(Certificates.encode(issued.chain()).stream().map(ByteString::copyFrom).toList())
                .addAllRoots(Certificates.encode(issued.roots()).stream().map(ByteString::copyFrom).toList())
                .setExpiresUnixMillis(issued.certificate().getNotAfter().toInstant().toEpochMilli()).build();
    }

    private static Status status(Refusal refusal) {
        return switch (refusal) {
            case TOKEN_MALFORMED, BAD_REQUEST -> Status.INVALID_ARGUMENT;
            case TOKEN_OF_ANOTHER_CLUSTER, TOKEN_UNKNOWN, TOKEN_EXPIRED, TOKEN_USED_UP, TOKEN_REVOKED,
                PEER_REVOKED -> Status.PERMISSION_DENIED;
            case NAME_TAKEN -> Status.ALREADY_EXISTS;
            case LOCKED -> Status.FAILED_PRECONDITION;
        };
    }

    private static RefusalReason reason(Refusal refusal) {
        return switch (refusal) {
            case TOKEN_MALFORMED -> RefusalReason.TOKEN_MALFORMED;
            case TOKEN_OF_ANOTHER_CLUSTER -> RefusalReason.TOKEN_OF_ANOTHER_CLUSTER;
            case TOKEN_UNKNOWN -> RefusalReason.TOKEN_UNKNOWN;
            case TOKEN_EXPIRED -> RefusalReason.TOKEN_EXPIRED;
            case TOKEN_USED_UP -> RefusalReason.TOKEN_USED_UP;
            case TOKEN_REVOKED -> RefusalReason.TOKEN_REVOKED;
            case BAD_REQUEST -> RefusalReason.BAD_REQUEST;
            case NAME_TAKEN -> RefusalReason.NAME_TAKEN;
            case PEER_REVOKED -> RefusalReason.PEER_REVOKED;
            case LOCKED -> RefusalReason.LOCKED;
        };
    }
}
