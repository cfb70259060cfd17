package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.Member;
import clusterd.credential.Refusal;
import clusterd.credential.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One look after the other, by a clock that is moved. */
class RenewalLoopTest {
    private static final Duration LIFETIME = Duration.ofHours(10);
    private static final Logger LOG = Logger.getLogger(RenewalLoop.class.getName());
    private final SetClock clock = new SetClock();
    private final Authority authority = Authority.create("c1", clock, new SecureRandom());
    private final AtomicInteger asked = new AtomicInteger();
    private Level level;

    @TempDir
    private Path folder;

    @BeforeEach
    void quiet() {
        level = LOG.getLevel();
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void asBefore() {
        LOG.setLevel(level);
    }

    private NodeIdentity identity() throws RefusedException {
        return authority.issueWithKey(new Member("w1", Role.WORKER, "c1"), List.of(), LIFETIME);
    }

    private RenewalLoop loop(CurrentIdentity current, Renewer renewer) {
        return new RenewalLoop(current, folder.resolve("node/identity.pem"), renewer, clock, new Random(1));
    }

    private NodeIdentity next() throws RefusedException {
        asked.incrementAndGet();
        return identity();
    }

    @Test
    void nothingIsAskedInTheFirstHalfOfTheLife() throws Exception {
        CurrentIdentity current = new CurrentIdentity(identity());
        RenewalLoop loop = loop(current, old -> next());
        clock.pass(Duration.ofMinutes(299));
        loop.step(false);
        assertEquals(0, asked.get());
        clock.pass(Duration.ofMinutes(181));
        loop.step(false);
        assertEquals(1, asked.get());
        loop.step(false);
        assertEquals(1, asked.get());
    }

    @Test
    void whatIsRenewedIsKeptBeforeItIsShown() throws Exception {
        CurrentIdentity current = new CurrentIdentity(identity());
        String first = current.get().serial();
        Path file = folder.resolve("node/identity.pem");
        CountDownLatch kept = new CountDownLatch(1);
        current.onChange(() -> {
            if (Files.exists(file)) {
                kept.countDown();
            }
        });
        loop(current, old -> next()).step(true);
        assertEquals(0, kept.getCount());
        assertNotEquals(first, current.get().serial());
        assertEquals(current.get().serial(), NodeIdentity.load(file).orElseThrow().serial());
    }

    @Test
    void aManagerThatIsAwayIsAskedAgainBeforeTheEnd() throws Exception {
        CurrentIdentity current = new CurrentIdentity(identity());
        NodeIdentity first = current.get();
        RenewalLoop loop = loop(current, old -> {
            if (asked.incrementAndGet() == 1) {
                throw new IOException("no manager answers");
            }
            if (asked.get() == 2) {
                throw new RefusedException(Refusal.LOCKED, "locked");
            }
            return identity();
        });
        clock.pass(Duration.ofHours(9));
        Duration rest = loop.step(false);
        assertTrue(rest.compareTo(Duration.ofMinutes(1)) <= 0, rest.toString());
        loop.step(false);
        assertSame(first, current.get());
        loop.step(false);
        assertNotEquals(first.serial(), current.get().serial());
    }

    @Test
    void anEndedCertificateIsNotAskedWith() throws Exception {
        CurrentIdentity current = new CurrentIdentity(identity());
        RenewalLoop loop = loop(current, old -> next());
        clock.pass(LIFETIME.plusSeconds(1));
        loop.step(false);
        assertEquals(0, asked.get());
    }

    @Test
    void aDiskThatIsFullLeavesTheOldOneShown() throws Exception {
        CurrentIdentity current = new CurrentIdentity(identity());
        NodeIdentity first = current.get();
        Files.writeString(folder.resolve("node"), "a file where the folder should be");
        loop(current, old -> next()).step(true);
        assertEquals(1, asked.get());
        assertSame(first, current.get());
    }

    @Test
    void theLoopEndsWhenItIsClosedInTheMiddleOfARenewal() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        RenewalLoop loop = loop(new CurrentIdentity(identity()), old -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", hurry);
            }
            return old;
        });
        loop.start();
        loop.renewNow();
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        loop.close();
        assertEquals(0, begun.getCount());
    }
}
