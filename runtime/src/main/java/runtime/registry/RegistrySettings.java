package runtime.registry;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How registries are reached.
 *
 * @param tlsVerify false accepts any certificate and falls back to plain HTTP, everywhere
 * @param insecureRegistries {@code host} or {@code host:port} for which the same is accepted;
 *         loopback addresses always are among them, as with docker
 * @param certificatesFolder like {@code /etc/docker/certs.d}: {@code HOST[:PORT]/*.crt} are
 *         certificate authorities trusted for that registry in addition to the system's
 * @param systemCertificates the system's authorities in one PEM file; the JDK's if it is absent
 * @param mirrors by registry (such as {@code docker.io}): base addresses to pull from first
 * @param proxy where requests go through; empty for a direct way
 * @param parallelTransfers blobs under way at once
 * @param layerLimitBytes the largest layer that is accepted
 * @param uploadChunkBytes a larger blob is pushed in pieces of this size, so that a broken
 *         connection costs no more than the last one
 * @param patience timeouts and retries
 */
public record RegistrySettings(boolean tlsVerify, Set<String> insecureRegistries,
        Optional<Path> certificatesFolder, Path systemCertificates,
        Map<String, List<URI>> mirrors, Optional<ProxySelector> proxy, int parallelTransfers,
        long layerLimitBytes, long uploadChunkBytes, Patience patience) {

    private static final Path DEBIAN_CERTIFICATES =
            Path.of("/etc/ssl/certs/ca-certificates.crt");
    private static final int PARALLEL_TRANSFERS = 4;
    private static final long LAYER_LIMIT_BYTES = 64L << 30;
    // Above the 5 MiB that stores like S3 want of each part but the last.
    private static final long UPLOAD_CHUNK_BYTES = 16L << 20;

    public RegistrySettings {
        if (parallelTransfers < 1) {
            throw new IllegalArgumentException(
                    "parallelTransfers must be at least 1: " + parallelTransfers);
        }
        if (uploadChunkBytes < 1) {
            throw new IllegalArgumentException(
                    "uploadChunkBytes must be at least 1: " + uploadChunkBytes);
        }
        insecureRegistries = Set.copyOf(insecureRegistries);
        mirrors = Map.copyOf(mirrors);
    }

    /** Verified TLS, no mirror, docker's folder of certificates. */
    public static RegistrySettings standard() {
        return new RegistrySettings(true, Set.of(),
                Optional.of(Path.of("/etc/docker/certs.d")), DEBIAN_CERTIFICATES, Map.of(),
                Optional.empty(), PARALLEL_TRANSFERS, LAYER_LIMIT_BYTES,
                UPLOAD_CHUNK_BYTES, Patience.standard());
    }

    public RegistrySettings withTlsVerify(boolean other) {
        return new RegistrySettings(other, insecureRegistries, certificatesFolder,
                systemCertificates, mirrors, proxy, parallelTransfers, layerLimitBytes,
                uploadChunkBytes, patience);
    }

    public RegistrySettings withInsecureRegistries(Set<String> other) {
        return new RegistrySettings(tlsVerify, other, certificatesFolder, systemCertificates,
                mirrors, proxy, parallelTransfers, layerLimitBytes,
                uploadChunkBytes, patience);
    }

    public RegistrySettings withCertificatesFolder(Path other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, Optional.of(other),
                systemCertificates, mirrors, proxy, parallelTransfers, layerLimitBytes,
                uploadChunkBytes, patience);
    }

    public RegistrySettings withMirrors(Map<String, List<URI>> other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, certificatesFolder,
                systemCertificates, other, proxy, parallelTransfers, layerLimitBytes,
                uploadChunkBytes, patience);
    }

    public RegistrySettings withProxy(ProxySelector other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, certificatesFolder,
                systemCertificates, mirrors, Optional.of(other), parallelTransfers,
                layerLimitBytes, uploadChunkBytes,
                patience);
    }

    public RegistrySettings withLayerLimitBytes(long other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, certificatesFolder,
                systemCertificates, mirrors, proxy, parallelTransfers, other,
                uploadChunkBytes, patience);
    }

    public RegistrySettings withUploadChunkBytes(long other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, certificatesFolder,
                systemCertificates, mirrors, proxy, parallelTransfers, layerLimitBytes, other,
                patience);
    }

    public RegistrySettings withPatience(Patience other) {
        return new RegistrySettings(tlsVerify, insecureRegistries, certificatesFolder,
                systemCertificates, mirrors, proxy, parallelTransfers, layerLimitBytes,
                uploadChunkBytes, other);
    }
}
