package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that trust only each other, and change what they trust. */
class RatisTlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    private final List<RatisLog> logs = new CopyOnWriteArrayList<>();
    private Path folder;

    @BeforeEach
    void begin() throws IOException {
        folder = Files.createTempDirectory("raft-tls");
    }

    @AfterEach
    void end() throws IOException {
        logs.forEach(RatisLog::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A key with a certificate that signs itself, so it is its own authority. */
    private KeyStore authority(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1",
                "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", new String(PASSWORD))
                .redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static X509ExtendedKeyManager keys(KeyStore store) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, PASSWORD);
        return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    }

    private static X509ExtendedTrustManager trust(KeyStore... stores) throws Exception {
        KeyStore all = KeyStore.getInstance("PKCS12");
        all.load(null, null);
        for (KeyStore store : stores) {
            String alias = store.aliases().nextElement();
            all.setCertificateEntry(alias, store.getCertificate(alias));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(all);
        return (X509ExtendedTrustManager) Arrays.stream(factory.getTrustManagers()).findFirst().orElseThrow();
    }

    private RatisLog open(Member self, List<Member> members, Tls tls) throws IOException {
        RatisLog log = RatisLog.open(Settings.of(RatisGroup.CLUSTER, self, members, folder.resolve(self.id()))
                .with(LogContract.limits()).with(new Settings.Timing(150, 300, 20_000, 500)).with(tls),
                new Ledger(), line -> { });
        logs.add(log);
        return log;
    }

    private static List<Member> members(int count) throws IOException {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(RatisGroup.unused("m" + i, MemberKind.VOTER));
        }
        return members;
    }

    @Test
    void membersTalkOverTlsAndCertificatesAreReplacedWhileTheyDo() throws Exception {
        KeyStore old = authority("old");
        KeyStore fresh = authority("fresh");
        List<Member> members = members(3);
        List<Tls> certificates = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            certificates.add(new Tls(keys(old), trust(old)));
        }
        open(members.get(0), members, certificates.get(0));
        open(members.get(1), members, certificates.get(1));
        assertEquals("1", Await.text(logs.get(0).propose(LogContract.bytes("with the old"))));
        for (Tls tls : certificates) {
            tls.replace(keys(fresh), trust(old, fresh));
        }
        for (Tls tls : certificates) {
            tls.replace(keys(fresh), trust(fresh));
        }
        // The third has never had the old one.
        RatisLog third = open(members.get(2), members, new Tls(keys(fresh), trust(fresh)));
        Await.done(third.barrier());
        assertEquals("2", Await.text(third.propose(LogContract.bytes("with the fresh"))));
    }

    @Test
    void whoHasAnotherCertificateIsNotHeard() throws Exception {
        KeyStore ours = authority("ours");
        KeyStore theirs = authority("theirs");
        List<Member> members = members(3);
        open(members.get(0), members, new Tls(keys(ours), trust(ours)));
        open(members.get(1), members, new Tls(keys(ours), trust(ours)));
        Await.done(logs.get(0).propose(LogContract.bytes("ours")));
        RatisLog stranger = RatisLog.open(Settings.of(RatisGroup.CLUSTER, members.get(2), members,
                folder.resolve("stranger")).with(LogContract.limits())
                .with(new Settings.Timing(150, 300, 2_000, 500)).with(new Tls(keys(theirs), trust(ours, theirs))),
                new Ledger(), line -> { });
        logs.add(stranger);
        assertEquals(LogException.Kind.NO_LEADER, Await.failure(stranger.propose(LogContract.bytes("theirs"))).kind());
        assertTrue(stranger.standing().committedIndex() < 1, stranger.standing().toString());
        Await.done(logs.get(1).propose(LogContract.bytes("ours still")));
    }
}
