package sriov.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.PciAddress;
import sriov.pool.Mode;

/** Gives functions that are asked for together: all of them, or none. Safe for use by several threads; one request at a time. */
final class Handover {
    /** What the owners' names begin with that never say when they end. */
    static final String KUBELET = "kubelet:";

    private final Grants grants;
    private final Functions functions;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;

    Handover(Grants grants, Functions functions) {
        this.grants = grants;
        this.functions = functions;
    }

    /** Gives one. */
    @FunctionalInterface
    private interface Giving {
        FunctionState give(PciAddress function) throws IOException;
    }

    /** Whether that is the name of one who never says that he has ended. */
    static boolean isKubelet(String owner) {
        return owner.startsWith(KUBELET);
    }

    /** To an owner who will say that he has ended; what they are like then, in the order of the wishes. */
    Map<PciAddress, FunctionState> give(String owner, long fence, Map<PciAddress, Wish> wishes) throws IOException {
        return together(wishes.keySet(), function -> grants.give(function, owner, fence, wishes.get(function)));
    }

    /**
     * To a kubelet, which asks anew for what it had as soon as it believes that a container has ended. What somebody else has already who came by another way stays as
     * it is.
     */
    Map<PciAddress, FunctionState> give(String resource, Map<PciAddress, Mode> modes) throws IOException {
        for (PciAddress each : modes.keySet()) {
            if (grants.of(each).filter(had -> isKubelet(had.owner())).isPresent()) {
                awaitBack(each); // here, since others need not wait for it
            }
        }
        return together(modes.keySet(), function -> {
            Optional<Grant> had = grants.of(function);
            if (had.isPresent() && !isKubelet(had.get().owner())) {
                return functions.state(function);
            }
            if (had.isPresent()) {
                refuseAway(function);
                grants.takeBack(function, had.get().owner());
            }
            return grants.give(function, KUBELET + resource, grants.fence(function), Wish.plain(modes.get(function)));
        });
    }

    /** The kernel takes its time to bring a network device back after the end of a container. */
    private void awaitBack(PciAddress function) throws IOException {
        if (!functions.state(function).isAway()) {
            return;
        }
        try {
            functions.take(function, new Step.AwaitNetdev());
        } catch (IOException late) {
            refuseAway(function);
        }
    }

    private void refuseAway(PciAddress function) throws IOException {
        if (functions.state(function).isAway()) {
            throw new GrantException("function " + function + " is still in the namespace of the container that had it before; end that one first");
        }
    }

    private Map<PciAddress, FunctionState> together(Collection<PciAddress> wanted, Giving giving) throws IOException {
        lock.lock();
        try {
            if (ended) {
                throw new GrantException("the plug-in ends: ask again once it has begun anew");
            }
            Map<PciAddress, FunctionState> given = new LinkedHashMap<>();
            Map<PciAddress, String> had = new TreeMap<>();
            grants.all().forEach(each -> had.put(each.function(), each.owner()));
            for (PciAddress each : wanted) {
                try {
                    given.put(each, giving.give(each));
                } catch (IOException | UncheckedIOException refused) {
                    throw new GrantException(refused.getMessage() + undone(given.keySet(), had), refused);
                }
            }
            return given;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what nobody, or a kubelet, had before; what could not be taken back as a sentence more. */
    private String undone(Collection<PciAddress> given, Map<PciAddress, String> had) {
        List<String> stay = new ArrayList<>();
        for (PciAddress each : given) {
            Optional<String> owner = grants.of(each).map(Grant::owner);
            if (owner.isPresent() && (!had.containsKey(each) || isKubelet(owner.get()))) {
                try {
                    grants.takeBack(each, owner.get());
                } catch (IOException | UncheckedIOException alsoRefused) {
                    stay.add("; and what was given before it stays with " + owner.get() + ": " + alsoRefused.getMessage());
                }
            }
        }
        return String.join("", stay);
    }

    /** Returns once nothing is given any more. */
    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }
}
