package clusterd.security;

import clusterd.credential.RenewalStep;
import clusterd.credential.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * Renews this node's certificate when it is time or when told to: asks, keeps what comes, and has it shown
 * from then on. What {@link RenewalStep} says is done.
 */
public final class RenewalLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RenewalLoop.class.getName());
    /** Clocks are set; so the time is looked at this often. */
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);
    /** After a failure, this part of what is left is waited for. */
    private static final int PART_OF_REST = 10;

    private final CurrentIdentity identity;
    private final Path file;
    private final Renewer renewer;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean asked;
    private boolean roused;
    private boolean closed;
    private Thread thread;
    private String drawnFor = "";
    private double draw;

    /** @param file where the identity is kept */
    public RenewalLoop(CurrentIdentity identity, Path file, Renewer renewer, InstantSource clock,
            RandomGenerator random) {
        this.identity = identity;
        this.file = file;
        this.renewer = renewer;
        this.clock = clock;
        this.random = random;
    }

    /** Begins. */
    public void start() {
        thread = Thread.ofVirtual().name("certificate-renewal").start(this::run);
    }

    /** Has the certificate renewed now, whatever its age: the root is being exchanged. */
    public void renewNow() {
        lock.lock();
        try {
            asked = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks again, after the clock was set. */
    public void wake() {
        lock.lock();
        try {
            roused = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            boolean atOnce = false;
            while (true) {
                Duration rest = step(atOnce);
                lock.lockInterruptibly();
                try {
                    if (!closed && !asked && !roused) {
                        woken.await(rest.toMillis(), TimeUnit.MILLISECONDS);
                    }
                    if (closed) {
                        return;
                    }
                    atOnce = asked;
                    asked = false;
                    roused = false;
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException ended) {
            LOG.log(Level.FINE, "certificates are renewed no more: the agent ends", ended);
        }
    }

    /**
     * Does what is to be done now.
     *
     * @param atOnce whether to renew whatever the age
     * @return when to look again
     */
    Duration step(boolean atOnce) {
        NodeIdentity current = identity.get();
        String whose = current.member().toString();
        RenewalStep step = RenewalStep.decide(whose, current.validity(), drawFor(current), clock.instant());
        return switch (step) {
            case RenewalStep.Rest _ when atOnce -> renew(current, "it was asked for");
            case RenewalStep.Rest rest -> clamp(Duration.between(clock.instant(), rest.at()));
            case RenewalStep.Renew renew -> renew(current, renew.reason());
            case RenewalStep.Ended ended -> {
                LOG.warning(ended.reason());
                yield LONGEST_REST;
            }
        };
    }

    private Duration renew(NodeIdentity current, String reason) {
        Validity validity = current.validity();
        try {
            NodeIdentity next = renewer.renew(current);
            synchronized (identity) { // who drops a root meanwhile does so from this one
                next.save(file);
                identity.replace(next);
            }
            LOG.log(Level.FINE, "certificate {0} follows {1}: {2}",
                    new Object[] {next.serial(), current.serial(), reason});
            return SHORTEST_REST;
        } catch (RefusedException | IOException failed) {
            Instant now = clock.instant();
            Duration rest = clamp(Duration.between(now, validity.notAfter()).dividedBy(PART_OF_REST));
            LOG.log(Level.WARNING, "the certificate was not renewed, it holds until " + validity.notAfter()
                    + "; next try in " + rest, failed);
            return rest;
        }
    }

    /** Once per certificate: drawn anew at each look, the earliest would win. */
    private double drawFor(NodeIdentity current) {
        if (!current.serial().equals(drawnFor)) {
            drawnFor = current.serial();
            draw = random.nextDouble();
        }
        return draw;
    }

    private static Duration clamp(Duration rest) {
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST
                : rest.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : rest;
    }

    /** Ends; waits for a renewal that is under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
