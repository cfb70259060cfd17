package runtime.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import testkit.Processes;

/** A certificate authority and what it signs, made with the JDK's keytool in a test's folder. */
final class TestCertificates {
    private static final String PASSWORD = "for-tests-only";

    private final Processes processes;
    private final Path folder;
    private final Path store;

    TestCertificates(Processes processes, Path folder) throws IOException, InterruptedException {
        this.processes = processes;
        this.folder = Files.createDirectories(folder);
        this.store = folder.resolve("keys.p12");
        keytool("-genkeypair", "-alias", "authority", "-dname", "CN=test authority", "-keyalg",
                "RSA", "-keysize", "2048", "-ext", "bc:c=ca:true", "-validity", "2");
    }

    /** A key pair for {@code address}, signed by the authority; its PEM files. */
    PemFiles signed(String alias, String address, String validFrom)
            throws IOException, InterruptedException, GeneralSecurityException {
        keytool("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "RSA",
                "-keysize", "2048", "-ext", "san=" + address, "-signer", "authority",
                "-startdate", validFrom, "-validity", "2");
        KeyStore keys = load();
        Path key = folder.resolve(alias + "-key.pem");
        Files.writeString(key, pem("PRIVATE KEY", key(alias).getEncoded()));
        Path chain = folder.resolve(alias + "-chain.pem");
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(alias)) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(chain, text);
        return new PemFiles(key, chain);
    }

    record PemFiles(Path key, Path chain) { }

    PrivateKey key(String alias) throws IOException, GeneralSecurityException {
        return (PrivateKey) load().getKey(alias, PASSWORD.toCharArray());
    }

    Certificate certificate(String alias) throws IOException, GeneralSecurityException {
        return load().getCertificate(alias);
    }

    Path authorityFile() throws IOException, GeneralSecurityException {
        Path file = folder.resolve("authority.pem");
        Files.writeString(file, pem("CERTIFICATE", certificate("authority").getEncoded()));
        return file;
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD,
                "-storetype", "PKCS12"));
        Processes.Result result = processes.run(folder, command);
        if (result.exitCode() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result.output());
        }
    }

    private static String pem(String kind, byte[] der) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }
}
