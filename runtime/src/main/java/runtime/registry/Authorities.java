package runtime.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose certificates are trusted: the system's authorities, plus those an administrator put in a
 * folder for one registry ({@code certs.d/HOST[:PORT]/*.crt}, as docker has it).
 */
final class Authorities {
    private final RegistrySettings settings;
    // Reading the system's 140 or so certificates takes a while; they are read once.
    private SSLContext systemContext;

    Authorities(RegistrySettings settings) {
        this.settings = settings;
    }

    /** True if authorities of its own are configured for {@code host[:port]}. */
    boolean hasOwn(String host) throws IOException {
        return !files(host).isEmpty();
    }

    /** Trust in the system's authorities and those configured for {@code host[:port]}. */
    synchronized SSLContext verifying(String host) throws IOException, RegistryException {
        List<Path> own = files(host);
        if (!own.isEmpty()) {
            return verifying(host, own);
        }
        if (systemContext == null) {
            systemContext = verifying(host, own);
        }
        return systemContext;
    }

    private SSLContext verifying(String host, List<Path> own)
            throws IOException, RegistryException {
        boolean system = Files.isReadable(settings.systemCertificates());
        if (own.isEmpty() && !system) {
            return context(null, host);
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            if (system) {
                add(store, settings.systemCertificates());
            } else {
                addJdkAuthorities(store);
            }
            for (Path file : own) {
                add(store, file);
            }
            TrustManagerFactory factory = newFactory();
            factory.init(store);
            return context(factory.getTrustManagers(), host);
        } catch (GeneralSecurityException e) {
            throw unusable(host, e);
        }
    }

    /** Trust in anybody, for registries declared insecure. */
    SSLContext trustingAnyone(String host) throws RegistryException {
        return context(new TrustManager[] {new Anyone()}, host);
    }

    private List<Path> files(String host) throws IOException {
        List<Path> files = new ArrayList<>();
        if (settings.certificatesFolder().isEmpty() || host.contains("/")) {
            return files;
        }
        Path folder = settings.certificatesFolder().get().resolve(host);
        if (!Files.isDirectory(folder)) {
            return files;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path file : stream) {
                String name = file.getFileName().toString();
                if (name.endsWith(".cert") || name.endsWith(".key")) {
                    throw new IOException(file + ": client certificates for registries are not"
                            + " supported; remove the file or use a login");
                }
                if (name.endsWith(".crt")) {
                    files.add(file);
                }
            }
        }
        files.sort(null);
        return files;
    }

    private static void add(KeyStore store, Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (Certificate certificate
                    : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(file + "#" + store.size(), certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " does not hold PEM certificates: " + e.getMessage(), e);
        }
    }

    private static void addJdkAuthorities(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = newFactory();
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager known) {
                for (X509Certificate issuer : known.getAcceptedIssuers()) {
                    store.setCertificateEntry("jdk#" + store.size(), issuer);
                }
            }
        }
    }

    private static TrustManagerFactory newFactory() throws GeneralSecurityException {
        return TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    }

    private static SSLContext context(TrustManager[] managers, String host)
            throws RegistryException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(host, e);
        }
    }

    private static RegistryException unusable(String host, GeneralSecurityException cause) {
        return new RegistryException(RegistryException.Reason.TLS, "cannot set up TLS for " + host
                + ": " + cause.getMessage(), cause);
    }

    // The extended form, so that the JDK does not add the check of the host name by itself.
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new IllegalStateException("there are no TLS clients here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new IllegalStateException("there are no TLS clients here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("there are no TLS clients here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) { }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) { }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) { }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
