package sriov.plugin;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import sriov.grant.Course;
import sriov.grant.FunctionState;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.VirtualFunction;
import sriov.pool.DivisionStep;

/**
 * Carries out how cards are to be divided. Parts that somebody uses are not taken away, and nobody is given one meanwhile. If the kernel waits for somebody who has opened a part
 * all the same, it does so on a thread of its own, and nobody else waits for long.
 */
final class Divider {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final DeviceTree tree;
    private final Functions functions;
    private final Grants grants;
    private final Duration patience;
    private final InstantSource clock;
    private final Consumer<String> journal;
    /** What is not done yet, by physical function. */
    private final Map<PciAddress, Work> works = new TreeMap<>();
    private final Map<PciAddress, Refusal> refusals = new TreeMap<>();

    /** Steps on a thread of their own; after the one that takes too long no other is begun. */
    private record Work(CompletableFuture<Void> end, AtomicBoolean abandoned, String waits) {
    }

    /** What the kernel does not do is not tried every other second: each time it may reset the card. */
    private record Refusal(List<DivisionStep> steps, Instant until, String why) {
    }

    /** @param patience how long is waited for the kernel */
    Divider(DeviceTree tree, Functions functions, Grants grants, Duration patience, InstantSource clock, Consumer<String> journal) {
        this.tree = tree;
        this.functions = functions;
        this.grants = grants;
        this.patience = patience;
        this.clock = clock;
        this.journal = journal;
    }

    /** What the kernel still waits for, of each card whose division is not done yet. */
    synchronized List<String> waits() {
        works.values().removeIf(work -> work.end().isDone());
        return works.values().stream().map(Work::waits).toList();
    }

    /** Whether a card's division is not done yet. */
    synchronized boolean isBusy(PciAddress physical) {
        return works.containsKey(physical) && !works.get(physical).end().isDone();
    }

    /** What was refused of a card is tried at once. */
    synchronized void forgive(PciAddress physical) {
        refusals.remove(physical);
    }

    /**
     * Divides one card; returns once that is done.
     *
     * @throws IOException if somebody uses a part of it, the kernel refuses, or it takes too long: what is left to do is not done then
     */
    synchronized void carryOut(PhysicalFunction card, List<DivisionStep> steps) throws IOException {
        if (isBusy(card.address())) {
            throw new GrantException(works.get(card.address()).waits());
        }
        Refusal before = refusals.get(card.address());
        if (before != null && before.steps().equals(steps) && clock.instant().isBefore(before.until())) {
            throw new GrantException(before.why());
        }
        boolean divides = steps.stream().anyMatch(DivisionStep.Divide.class::isInstance);
        List<PciAddress> parts = new ArrayList<>(divides ? card.virtual().stream().map(VirtualFunction::address).toList() : List.of());
        if (divides) {
            parts.add(card.address()); // which may be given as a whole
        }
        grants.hold(parts, card.name() + " is being divided anew");
        Work work;
        try {
            if (divides) {
                checkUnused(card);
            }
            work = new Work(new CompletableFuture<>(), new AtomicBoolean(), waits(card));
        } catch (IOException used) {
            grants.letGo(parts);
            throw used;
        }
        works.put(card.address(), work);
        Thread.ofPlatform().daemon().name("division of " + card.name()).start(() -> run(card, steps, parts, work));
        await(card, steps, work);
    }

    private void run(PhysicalFunction card, List<DivisionStep> steps, List<PciAddress> parts, Work work) {
        try {
            for (DivisionStep step : steps) {
                if (!work.abandoned().get()) {
                    write(step);
                }
            }
            grants.letGo(parts);
            work.end().complete(null);
        } catch (IOException | RuntimeException refused) {
            grants.letGo(parts);
            work.end().completeExceptionally(refused);
        }
        if (work.abandoned().get()) {
            journal.accept(card.name() + ": what the kernel waited for has ended");
        }
    }

    private void write(DivisionStep step) throws IOException {
        String path = "bus/pci/devices/" + step.physical() + "/";
        switch (step) {
            case DivisionStep.Probe(var _, boolean on) -> tree.write(path + "sriov_drivers_autoprobe", on ? "1" : "0");
            case DivisionStep.Divide(var _, int parts) -> tree.write(path + "sriov_numvfs", Integer.toString(parts));
            case DivisionStep.Leave _ -> throw new IllegalArgumentException(step + " is nothing to do");
        }
    }

    private void await(PhysicalFunction card, List<DivisionStep> steps, Work work) throws IOException {
        try {
            work.end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            works.remove(card.address());
            refusals.remove(card.address());
        } catch (TimeoutException still) {
            work.abandoned().set(true);
            throw new GrantException(work.waits(), still);
        } catch (ExecutionException refused) {
            works.remove(card.address());
            String why = card.name() + " is not divided as it should be: " + refused.getCause().getMessage();
            refusals.put(card.address(), new Refusal(steps, clock.instant().plus(PAUSE), why));
            throw new GrantException(why, refused.getCause());
        } catch (InterruptedException ended) {
            work.abandoned().set(true);
            Thread.currentThread().interrupt();
            throw new GrantException(card.name() + " is not divided: the plug-in ends", ended);
        }
    }

    /** Looked at again: somebody may have come since it was decided, also one who was not given it here. */
    private void checkUnused(PhysicalFunction card) throws IOException {
        for (VirtualFunction each : card.virtual()) {
            FunctionState now = functions.state(each.address());
            Optional<String> use = functions.isInUse(each.address()) ? Optional.of("a program has " + each.address() + " open")
                    : now.isAway() && card.uplink().isPresent() ? Optional.of("the network device of " + each.address() + " is in a namespace of somebody")
                    : Optional.empty();
            if (use.isPresent()) {
                throw new GrantException(card.name() + " is not divided anew: " + use.get());
            }
        }
    }

    private static String waits(PhysicalFunction card) {
        List<String> opened = card.virtual().stream().map(VirtualFunction::function).filter(each -> each.driver().equals(Optional.of(Course.VFIO)))
                .map(each -> each.iommuGroup().isPresent() ? "/dev/vfio/" + each.iommuGroup().getAsInt() : each.address().toString()).toList();
        return card.name() + " is still being divided" + (opened.isEmpty() ? ": its driver has not answered yet; see the kernel's log (dmesg)"
                : ": the kernel waits until nobody has " + String.join(" or ", opened) + " open any more; end who does");
    }
}
