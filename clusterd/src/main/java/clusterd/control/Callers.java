package clusterd.control;

import clusterd.audit.AuditEntry;
import clusterd.credential.Peer;
import clusterd.security.Certificates;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import runtime.node.LocalCaller;

/** Who is at the other end of a call, as its connection says. */
final class Callers {
    private static final String NOBODY = "-";

    private Callers() {
    }

    /** By the certificate, or by what the kernel says of the other end of the socket. */
    static AuditEntry.Caller of(Attributes call) {
        LocalCaller local = call.get(LocalCaller.KEY);
        if (local != null) {
            return new AuditEntry.Caller("uid:" + local.uid(), "local", "pid:" + local.pid());
        }
        SocketAddress address = call.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String from = address instanceof InetSocketAddress inet ? text(inet) : String.valueOf(address);
        SSLSession session = call.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return new AuditEntry.Caller(NOBODY, "local", from);
        }
        try {
            Peer peer = Certificates.peer((X509Certificate) session.getPeerCertificates()[0]);
            return new AuditEntry.Caller(peer.id(), peer.role().text(), from);
        } catch (SSLPeerUnverifiedException | CertificateException none) {
            return new AuditEntry.Caller(NOBODY, AuditEntry.Caller.STRANGER, from);
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
