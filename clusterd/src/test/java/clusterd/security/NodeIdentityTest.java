package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.Member;
import clusterd.credential.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private final Authority authority = Authority.create("c1", new SetClock(), RANDOM);

    @TempDir
    private Path temporary;
    private Path file;

    @BeforeEach
    void name() {
        file = temporary.resolve("identity/identity.pem");
    }

    private NodeIdentity identity() throws Exception {
        KeyPair pair = P256.generate(RANDOM);
        Authority.Issued issued = authority.issue(SigningRequest.read(SigningRequest.create(pair, "w1")),
                new Member("w1", Role.WORKER, "c1"), List.of(), Duration.ofHours(1));
        return NodeIdentity.of(pair.getPrivate(), issued.chain(), issued.roots());
    }

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        assertEquals(Optional.empty(), NodeIdentity.load(file));
        NodeIdentity identity = identity();
        identity.save(file);
        NodeIdentity loaded = NodeIdentity.load(file).orElseThrow();
        assertEquals(identity.chain(), loaded.chain());
        assertEquals(identity.roots(), loaded.roots());
        assertEquals(identity.key(), loaded.key());
        assertEquals(Optional.of(Certificates.digest(authority.root())), loaded.issuer());
    }

    @Test
    void keysAreNotReadableByOthers() throws Exception {
        identity().save(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        IOException refused = assertThrows(IOException.class, () -> NodeIdentity.load(file));
        assertTrue(refused.getMessage().contains("chmod go= " + file), refused.getMessage());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThrows(IOException.class, () -> NodeIdentity.load(file));
        NodeIdentity next = identity();
        assertThrows(IOException.class, () -> next.save(file));
    }

    @Test
    void aCrashBetweenTwoWritesLeavesTheOldIdentity() throws Exception {
        NodeIdentity old = identity();
        old.save(file);
        byte[] bytes = Files.readAllBytes(file);
        Path unfinished = file.resolveSibling(file.getFileName() + PrivateFile.UNFINISHED);
        for (int written : new int[] {0, 1, bytes.length / 2, bytes.length}) {
            Files.write(unfinished, Arrays.copyOf(bytes, written));
            assertEquals(old.serial(), NodeIdentity.load(file).orElseThrow().serial());
        }
        // Left readable by a careless copy: the next write does not take its mode over.
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-rw-rw-"));
        NodeIdentity next = identity();
        next.save(file);
        assertEquals(next.serial(), NodeIdentity.load(file).orElseThrow().serial());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(Files.notExists(unfinished));
    }

    @Test
    void aBrokenFileIsToldAndNotRepeated() throws Exception {
        identity().save(file);
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length += 37) {
            Files.write(file, Arrays.copyOf(bytes, length));
            IOException told = assertThrows(IOException.class, () -> NodeIdentity.load(file));
            assertTrue(told.getMessage().contains(file.toString()), told.getMessage());
        }
    }

    @Test
    void aCertificateForAnotherKeyIsNoIdentity() throws Exception {
        NodeIdentity one = identity();
        NodeIdentity other = identity();
        assertThrows(CertificateException.class, () -> NodeIdentity.of(one.key(), other.chain(), other.roots()));
        assertThrows(CertificateException.class, () -> NodeIdentity.of(one.key(), one.chain(), List.of()));
        assertFalse(one.toString().contains("PRIVATE"));
    }
}
