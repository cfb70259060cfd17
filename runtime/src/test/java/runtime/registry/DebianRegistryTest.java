package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.Index;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.BlobWriter;
import runtime.store.Progress;
import testkit.Processes;

/** Pushes to and pulls from a real registry: Debian's package docker-registry. */
class DebianRegistryTest {
    private static final Credentials LOGIN = new Credentials.Login("bob", "s3cret");
    private static final String PASSWORDS =
            "bob:$2b$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path folder;
    private final SampleImage image = SampleImage.of(8, 2_000_000, 1_500_000, 700);

    @Test
    void roundTripOverPlainHttp() throws Exception {
        DebianRegistry registry = start("", "");
        roundTrip(RegistrySettings.standard(), registry.host(), Optional.empty());
        RegistryException missing = assertThrows(RegistryException.class,
                () -> new RegistryClient(RegistrySettings.standard()).pull(
                        Reference.parse(registry.host() + "/nothing"), Platform.linux("amd64"),
                        Optional.empty(), store("other"), Progress.SILENT));
        assertEquals(Reason.NOT_FOUND, missing.reason());
        assertTrue(missing.getMessage().contains("manifest unknown"), missing.getMessage());
    }

    @Test
    void roundTripInChunks() throws Exception {
        DebianRegistry registry = start("", "");
        roundTrip(RegistrySettings.standard().withUploadChunkBytes(300_000), registry.host(),
                Optional.empty());
    }

    @Test
    void dockersOwnTypesTravelToo() throws Exception {
        DebianRegistry registry = start("", "");
        RegistryClient client = new RegistryClient(RegistrySettings.standard());
        SampleImage docker = image.asDocker();
        BlobStore source = store("source");
        Index list = new Index(MediaType.DOCKER_INDEX, List.of(
                docker.storeIn(source).withPlatform(Platform.linux("amd64"))), Map.of());
        source.add(list.toJson());
        Reference name = Reference.parse(registry.host() + "/docker:list");
        client.push(name, Descriptor.of(MediaType.DOCKER_INDEX, list.toJson()), Optional.empty(),
                source, Progress.SILENT);
        BlobStore target = store("target");
        PulledManifest pulled = client.pull(
                name, Platform.linux("amd64"), Optional.empty(), target, Progress.SILENT);
        assertEquals(docker.manifest(), pulled.content());
        assertSame(docker, target);
    }

    @Test
    void anIndexTravelsWhole() throws Exception {
        DebianRegistry registry = start("", "");
        RegistryClient client = new RegistryClient(RegistrySettings.standard());
        SampleImage arm = SampleImage.of(9, 5_000, 6_000);
        BlobStore source = store("source");
        Index index = new Index(MediaType.OCI_INDEX, List.of(
                image.storeIn(source).withPlatform(Platform.linux("amd64")),
                arm.storeIn(source).withPlatform(Platform.parse("linux/arm/v6"))), Map.of());
        Descriptor root = Descriptor.of(MediaType.OCI_INDEX, index.toJson());
        source.add(index.toJson());
        Reference name = Reference.parse(registry.host() + "/team/multi:2");
        assertEquals(root.digest(), client.push(
                name, root, Optional.empty(), source, Progress.SILENT));

        BlobStore target = store("target");
        PulledManifest pulled = client.pull(name, Platform.parse("linux/arm/v7"),
                Optional.empty(), target, Progress.SILENT);
        assertEquals(arm.manifest(), pulled.content());
        assertEquals(Optional.of(root), pulled.index());
        assertSame(arm, target);
        assertEquals(image.manifest(), client.pull(name.withDigest(root.digest()),
                Platform.linux("amd64"), Optional.empty(), target, Progress.SILENT).content());
    }

    @Test
    void aBrokenOffPullGoesOnWhereItStopped() throws Exception {
        DebianRegistry registry = start("", "");
        RegistryClient client = new RegistryClient(RegistrySettings.standard());
        BlobStore source = store("source");
        Reference name = Reference.parse(registry.host() + "/app");
        client.push(name, image.storeIn(source), Optional.empty(), source, Progress.SILENT);
        BlobStore target = store("target");
        byte[] layer = image.layerBytes(0);
        try (BlobWriter writer = target.writer(image.layer(0).digest(), layer.length)) {
            writer.write(layer, 0, 1_234_567);
        }
        List<Long> starts = new CopyOnWriteArrayList<>();
        client.pull(name, Platform.linux("amd64"), Optional.empty(), target,
                (blob, phase, done, total) -> {
                    if (blob.equals(image.layer(0).digest())
                            && phase == Progress.Phase.DOWNLOADING) {
                        starts.add(done);
                    }
                });
        assertEquals(1_234_567, starts.getFirst());
        assertSame(image, target);
    }

    @Test
    void layersAreMountedFromAnotherRepository() throws Exception {
        DebianRegistry registry = start("", "");
        RegistryClient client = new RegistryClient(RegistrySettings.standard());
        BlobStore source = store("source");
        Descriptor root = image.storeIn(source);
        Reference base = Reference.parse(registry.host() + "/base");
        client.push(base, root, Optional.empty(), source, Progress.SILENT);
        Set<Progress.Phase> phases = java.util.concurrent.ConcurrentHashMap.newKeySet();
        Reference name = Reference.parse(registry.host() + "/derived/app");
        client.push(name, root, Optional.empty(), source,
                (blob, phase, done, total) -> phases.add(phase), List.of(base));
        assertEquals(Set.of(Progress.Phase.WAITING, Progress.Phase.DONE), phases);
        BlobStore target = store("target");
        client.pull(name, Platform.linux("amd64"), Optional.empty(), target, Progress.SILENT);
        assertSame(image, target);
    }

    @Test
    void passwordsAreAskedFor() throws Exception {
        Path passwords = Files.writeString(folder.resolve("htpasswd"), PASSWORDS);
        DebianRegistry registry = start("", """
                auth:
                  htpasswd:
                    realm: test
                    path: %s
                """.formatted(passwords));
        RegistrySettings settings = RegistrySettings.standard();
        roundTrip(settings, registry.host(), Optional.of(LOGIN));
        RegistryClient client = new RegistryClient(settings);
        client.login(registry.host(), LOGIN);
        for (Optional<Credentials> wrong : List.<Optional<Credentials>>of(
                Optional.empty(), Optional.of(new Credentials.Login("bob", "guess")))) {
            RegistryException failure = assertThrows(RegistryException.class,
                    () -> client.pull(Reference.parse(registry.host() + "/app:1"),
                            Platform.linux("amd64"), wrong, store("other"), Progress.SILENT));
            assertEquals(Reason.UNAUTHORIZED, failure.reason());
            assertTrue(failure.getMessage().contains("`jctl login " + registry.host() + "`"));
        }
    }

    @Test
    void certificatesAreVerifiedByTheConfiguredAuthority() throws Exception {
        TestCertificates certificates = new TestCertificates(processes, folder.resolve("keys"));
        TestCertificates.PemFiles pem = certificates.signed("server", "ip:127.0.0.1", "-1d");
        DebianRegistry registry = start(tls(pem), "");
        RegistrySettings settings = RegistrySettings.standard()
                .withCertificatesFolder(folder.resolve("certs.d"));
        Path authority = folder.resolve("certs.d").resolve(registry.host()).resolve("ca.crt");
        Files.createDirectories(authority.getParent());
        Files.copy(certificates.authorityFile(), authority);
        roundTrip(settings, registry.host(), Optional.empty());

        TestCertificates strangers = new TestCertificates(processes, folder.resolve("strangers"));
        Files.copy(strangers.authorityFile(), authority,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        RegistryException failure = assertThrows(RegistryException.class, () -> roundTrip(
                settings, registry.host(), Optional.empty()));
        assertEquals(Reason.TLS, failure.reason());
        assertTrue(failure.getMessage().contains("certificate is not trusted")
                && failure.getMessage().contains("--tls-verify=false"), failure.getMessage());
        roundTrip(settings.withTlsVerify(false), registry.host(), Optional.empty());
    }

    @Test
    void loopbackIsTrustedWithoutAnAuthorityAsDockerDoes() throws Exception {
        TestCertificates certificates = new TestCertificates(processes, folder.resolve("keys"));
        DebianRegistry registry = start(
                tls(certificates.signed("server", "dns:elsewhere.example", "-1d")), "");
        roundTrip(RegistrySettings.standard(), registry.host(), Optional.empty());
    }

    @Test
    void certificatesForOthersOrOutOfDateAreRefused() throws Exception {
        TestCertificates certificates = new TestCertificates(processes, folder.resolve("keys"));
        for (TestCertificates.PemFiles pem : List.of(
                certificates.signed("other", "dns:elsewhere.example", "-1d"),
                certificates.signed("old", "ip:127.0.0.1", "-9d"))) {
            Path own = folder.resolve(pem.key().getFileName().toString());
            DebianRegistry registry = DebianRegistry.start(processes, own, tls(pem), "");
            Path authority = own.resolve("certs.d").resolve(registry.host()).resolve("ca.crt");
            Files.createDirectories(authority.getParent());
            Files.copy(certificates.authorityFile(), authority);
            RegistrySettings settings = RegistrySettings.standard()
                    .withCertificatesFolder(own.resolve("certs.d"));
            RegistryException failure = assertThrows(RegistryException.class,
                    () -> roundTrip(settings, registry.host(), Optional.empty()));
            assertEquals(Reason.TLS, failure.reason(), failure.getMessage());
        }
    }

    @Test
    void tokensOpenTheRegistry() throws Exception {
        TestCertificates certificates = new TestCertificates(processes, folder.resolve("keys"));
        try (FakeRegistry tokens = new FakeRegistry()) {
            String expected = "Basic " + Base64.getEncoder().encodeToString(
                    "bob:s3cret".getBytes(StandardCharsets.UTF_8));
            tokens.always((request, wire) -> {
                if (!request.header("Authorization").orElse("").equals(expected)) {
                    wire.reply(401, Map.of(), new byte[0]);
                    return;
                }
                wire.reply(200, Map.of(), ("{\"token\":\"" + token(certificates, request.query())
                        + "\"}").getBytes(StandardCharsets.UTF_8));
            });
            DebianRegistry registry = start("", """
                    auth:
                      token:
                        realm: %s/token
                        service: test service
                        issuer: test issuer
                        rootcertbundle: %s
                    """.formatted(tokens.base(), certificates.authorityFile()));
            roundTrip(RegistrySettings.standard(), registry.host(), Optional.of(LOGIN));
            assertTrue(tokens.requests().stream().anyMatch(request ->
                    request.query().contains("scope=repository%3Aapp%3Apull%2Cpush")));
            RegistryException failure = assertThrows(RegistryException.class,
                    () -> roundTrip(RegistrySettings.standard(), registry.host(),
                            Optional.of(new Credentials.Login("bob", "guess"))));
            assertEquals(Reason.UNAUTHORIZED, failure.reason(), failure.getMessage());
        }
    }

    private DebianRegistry start(String http, String auth) throws IOException {
        return DebianRegistry.start(processes, folder.resolve("registry"), http, auth);
    }

    private BlobStore store(String name) throws IOException {
        return BlobStore.open(folder.resolve(name));
    }

    private void roundTrip(RegistrySettings settings, String host,
            Optional<Credentials> credentials) throws Exception {
        RegistryClient client = new RegistryClient(settings);
        BlobStore source = store("source");
        Descriptor root = image.storeIn(source);
        Reference name = Reference.parse(host + "/app:1");
        assertEquals(root.digest(),
                client.push(name, root, credentials, source, Progress.SILENT));
        Path fresh = Files.createTempDirectory(folder, "target");
        BlobStore target = BlobStore.open(fresh);
        PulledManifest pulled = client.pull(
                name, Platform.linux("amd64"), credentials, target, Progress.SILENT);
        assertEquals(image.manifest(), pulled.content());
        assertSame(image, target);
    }

    private static void assertSame(SampleImage wanted, BlobStore store) throws IOException {
        for (Map.Entry<Digest, byte[]> blob : wanted.blobs().entrySet()) {
            assertArrayEquals(blob.getValue(), store.read(blob.getKey(), 16 << 20));
        }
    }

    private static String tls(TestCertificates.PemFiles pem) {
        return "  tls:\n    certificate: " + pem.chain() + "\n    key: " + pem.key() + "\n";
    }

    // distribution "Token Authentication Implementation": a JWT whose header carries the
    // certificate, and which lists what the scope asked for.
    private static String token(TestCertificates certificates, String query) throws IOException {
        String scope = URLDecoder.decode(
                query.replaceAll(".*scope=([^&]*).*", "$1"), StandardCharsets.UTF_8);
        String[] parts = scope.split(":");
        long now = Instant.now().getEpochSecond();
        try {
            String header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + Base64.getEncoder()
                    .encodeToString(certificates.certificate("authority").getEncoded()) + "\"]}";
            String claims = """
                    {"iss":"test issuer","sub":"bob","aud":"test service","exp":%d,"nbf":%d,
                    "iat":%d,"jti":"1","access":[{"type":"repository","name":"%s","actions":%s}]}"""
                    .formatted(now + 300, now - 60, now, parts[1],
                            "[\"" + parts[2].replace(",", "\",\"") + "\"]");
            Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
            String signed = encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "."
                    + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(certificates.key("authority"));
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoder.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
