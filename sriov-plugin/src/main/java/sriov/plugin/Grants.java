package sriov.plugin;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import sriov.grant.Course;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.PciAddress;
import sriov.pool.Mode;

/**
 * Gives functions away and takes them back, each to one owner at a time, whenever it is killed: a record is on the disk before the first change, and goes when all is as it was.
 * Each call can be made again, and goes on where the one before ended. Safe for use by several threads.
 */
public final class Grants {
    private final Functions functions;
    private final GrantFolder folder;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Changed under the lock, and read without: who asks does not wait for a card. */
    private final Map<PciAddress, Grant> grants;
    private final Map<PciAddress, String> damaged;
    /** The largest fence that was seen of each. */
    private final Map<PciAddress, Long> fences = new ConcurrentSkipListMap<>();
    /** Functions that nobody gets now, and why. */
    private final Map<PciAddress, String> held = new TreeMap<>();

    private Grants(Functions functions, GrantFolder folder, InstantSource clock, GrantFolder.Content content) {
        this.functions = functions;
        this.folder = folder;
        this.clock = clock;
        this.grants = new ConcurrentSkipListMap<>(content.grants());
        this.damaged = new ConcurrentSkipListMap<>(content.damaged());
        content.grants().forEach((function, grant) -> fences.put(function, grant.fence()));
    }

    /** With what the folder says of before. */
    public static Grants open(Functions functions, GrantFolder folder, InstantSource clock) throws IOException {
        return new Grants(functions, folder, clock, folder.read());
    }

    /** Who has what. */
    public List<Grant> all() {
        return List.copyOf(grants.values());
    }

    /** Functions that nobody can have, and why. */
    public Map<PciAddress, String> damaged() {
        return Map.copyOf(damaged);
    }

    /** Who has that one. */
    public Optional<Grant> of(PciAddress function) {
        return Optional.ofNullable(grants.get(function));
    }

    /** The largest fence that was seen of a function; 0 if there was none. */
    public long fence(PciAddress function) {
        return fences.getOrDefault(function, 0L);
    }

    /**
     * Keeps functions from being given, as while their card is divided anew, until they are let go.
     *
     * @throws GrantException if somebody has one of them: none is kept then
     */
    void hold(Collection<PciAddress> functions, String why) throws GrantException {
        lock.lock();
        try {
            for (PciAddress each : functions) {
                if (grants.containsKey(each)) {
                    throw new GrantException("function " + each + " belongs to " + grants.get(each).owner());
                }
                if (damaged.containsKey(each)) {
                    throw new GrantException("function " + each + " may belong to somebody: " + damaged.get(each));
                }
            }
            functions.forEach(each -> held.put(each, why));
        } finally {
            lock.unlock();
        }
    }

    /** Ends what {@link #hold} began. */
    void letGo(Collection<PciAddress> functions) {
        lock.lock();
        try {
            held.keySet().removeAll(functions);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a function to an owner, and makes it as that one wants it.
     *
     * @return what it is like then
     * @throws GrantException if another has it, or the card does not do what is asked for: it is as before then
     */
    public FunctionState give(PciAddress function, String owner, long fence, Wish wish) throws IOException {
        lock.lock();
        try {
            check(function, owner, fence);
            checkCompanions(function, owner, wish.mode());
            Grant before = grants.get(function);
            if (before != null && !before.wish().equals(wish)) {
                throw new GrantException("function " + function + " belongs to " + owner + " already, who asked for it in another way: take it"
                        + " back first");
            }
            FunctionState now = functions.state(function);
            if (before == null) {
                now = unused(function, now);
            }
            Grant grant = new Grant(function, owner, fence, wish, before != null ? before.before() : now,
                    before != null ? before.sinceMillis() : clock.millis(), before != null && before.ready());
            write(grant);
            if (grant.ready() && (now.isAway() || Course.lacking(wish, now).isEmpty())) {
                return now; // it may be in use: it is left alone
            }
            try {
                FunctionState made = become(grant, now);
                grants.put(function, grant.done());
                folder.writeSoon(grant.done());
                return made;
            } catch (IOException refused) {
                try {
                    back(grant);
                } catch (IOException alsoRefused) {
                    refused.addSuppressed(alsoRefused); // the record stays, and so it is tried again
                }
                throw new GrantException("function " + function + " cannot be given to " + owner + ": " + refused.getMessage(), refused);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What a function is like that nobody has. Its driver would be taken from under whoever uses it all the same, or the kernel would wait for ever until he lets go. A
     * driver that has just begun is waited for.
     */
    private FunctionState unused(PciAddress function, FunctionState now) throws IOException {
        if (functions.isInUse(function)) {
            throw new GrantException("function " + function + " is in use: a program has it open that did not get it here; end that");
        }
        if (!now.isAway() || now.port().isEmpty()) {
            return now;
        }
        try {
            functions.take(function, new Step.AwaitNetdev());
        } catch (IOException away) {
            throw new GrantException("function " + function + " is in use: its network device is in a namespace of somebody who did not get it here;"
                    + " jctl vf reset " + function + " takes it out", away);
        }
        return functions.state(function);
    }

    private void write(Grant grant) throws IOException {
        folder.write(grant);
        grants.put(grant.function(), grant);
        fences.put(grant.function(), grant.fence());
    }

    private void check(PciAddress function, String owner, long fence) throws GrantException {
        String why = damaged.get(function);
        if (why != null) {
            throw new GrantException("function " + function + " may belong to somebody: " + why + ". jctl vf reset " + function
                    + " makes it free, if nobody uses it");
        }
        Grant grant = grants.get(function);
        if (grant != null && !grant.owner().equals(owner)) {
            throw new GrantException("function " + function + " belongs to " + grant.owner());
        }
        checkHeld(function);
        if (fence < fences.getOrDefault(function, Long.MIN_VALUE)) {
            throw new GrantException("function " + function + " was given to somebody later: fence " + fence + " is below "
                    + fences.get(function));
        }
    }

    /** The kernel lets one program have a group, and no driver of its own beside it. Who is a kubelet's is one of many containers. */
    private void checkCompanions(PciAddress function, String owner, Mode mode) throws GrantException {
        for (PciAddress each : functions.companions(function)) {
            Grant other = grants.get(each);
            boolean apart = other != null && (!other.owner().equals(owner) || Handover.isKubelet(owner));
            if (apart && (mode == Mode.VFIO || other.wish().mode() == Mode.VFIO)) {
                throw new GrantException("function " + function + " cannot be had apart from " + each + ", which belongs to " + other.owner()
                        + ": they are in one IOMMU group, and a program that has one could have both");
            }
        }
    }

    private void checkHeld(PciAddress function) throws GrantException {
        if (held.containsKey(function)) {
            throw new GrantException("function " + function + " cannot be had now: " + held.get(function));
        }
    }

    private FunctionState become(Grant grant, FunctionState was) throws IOException {
        for (Step step : Course.toward(grant.wish(), was)) {
            functions.take(grant.function(), step);
        }
        FunctionState now = functions.state(grant.function());
        List<String> lacking = Course.lacking(grant.wish(), now);
        if (!lacking.isEmpty()) {
            throw new IOException("its card took what was asked for, and did not do it: " + String.join("; ", lacking));
        }
        return now;
    }

    /**
     * Takes a function back, whoever does not want it any more; nothing happens if the owner has it not.
     *
     * @throws GrantException if it is in use, or is not as it was: the record stays, and nobody gets it meanwhile
     */
    public void takeBack(PciAddress function, String owner) throws IOException {
        lock.lock();
        try {
            Grant grant = grants.get(function);
            if (grant != null && grant.owner().equals(owner)) {
                back(grant);
            }
        } finally {
            lock.unlock();
        }
    }

    private void back(Grant grant) throws IOException {
        PciAddress function = grant.function();
        if (!functions.isThere(function)) {
            forget(function); // should it come again, it is made anew: nothing of it is left
            return;
        }
        if (functions.isInUse(function)) {
            throw new GrantException("function " + function + " of " + grant.owner() + " is in use: a program has it open");
        }
        for (Step step : Course.back(grant.before(), functions.state(function))) {
            functions.take(function, step);
        }
        List<String> other = Course.differences(grant.before(), functions.state(function));
        if (!other.isEmpty()) {
            throw new GrantException("function " + function + " of " + grant.owner() + " is not as it was: " + String.join("; ", other));
        }
        forget(function);
    }

    private void forget(PciAddress function) throws IOException {
        folder.remove(function);
        grants.remove(function);
    }

    /**
     * Makes a function free whoever has it, also one whose record cannot be read: that one gets the driver the kernel finds, and its port is told nothing.
     *
     * @throws GrantException if it is in use, or the kernel refuses
     */
    public void reset(PciAddress function) throws IOException {
        lock.lock();
        try {
            Grant grant = grants.get(function);
            if (grant != null) {
                back(grant);
                return;
            }
            checkHeld(function);
            if (functions.isInUse(function)) {
                throw new GrantException("function " + function + " is in use: a program has it open");
            }
            for (Step step : Course.plain(functions.state(function))) {
                functions.take(function, step);
            }
            folder.remove(function);
            damaged.remove(function);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes back what owners have that are no more, as after a crash.
     *
     * @param lives whether an owner is still there
     * @return why some could not be taken back, by function; these are to be tried again
     */
    public Map<PciAddress, String> sweep(Predicate<String> lives) {
        Map<PciAddress, String> stay = new TreeMap<>();
        for (Grant each : all()) {
            if (!lives.test(each.owner())) {
                try {
                    takeBack(each.function(), each.owner());
                } catch (IOException refused) {
                    stay.put(each.function(), Optional.ofNullable(refused.getMessage()).orElse(refused.toString()));
                }
            }
        }
        return stay;
    }
}
