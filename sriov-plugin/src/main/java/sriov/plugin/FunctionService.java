package sriov.plugin;

import api.function.DivideRequest;
import api.function.DivideResponse;
import api.function.ListRequest;
import api.function.ListResponse;
import api.function.PrepareRequest;
import api.function.PrepareResponse;
import api.function.Prepared;
import api.function.ReleaseRequest;
import api.function.ReleaseResponse;
import api.function.ResetRequest;
import api.function.ResetResponse;
import api.function.SweepRequest;
import api.function.SweepResponse;
import api.function.VirtualFunctionsGrpc;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.NetdevState;
import sriov.grant.Wish;
import sriov.inventory.PciAddress;
import sriov.pool.Candidate;
import sriov.pool.Mode;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.ResourceName;

/** What jctl's agent tells and asks of functions. Safe for use by several threads. */
final class FunctionService extends VirtualFunctionsGrpc.VirtualFunctionsImplBase {
    private static final int MOST_OWNER = 256;
    private static final int MOST_PARTS = 65_535;

    private final FunctionPlugin plugin;
    private final Grants grants;
    private final Handover handover;
    private final Links links;
    private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();
    private boolean ended;

    FunctionService(FunctionPlugin plugin, Grants grants, Handover handover, Links links) {
        this.plugin = plugin;
        this.grants = grants;
        this.handover = handover;
        this.links = links;
    }

    /** One call. */
    @FunctionalInterface
    private interface Call<T> {
        T answer() throws IOException, StatusException;
    }

    /** Returns once no call changes anything any more; those that come later are refused. */
    void end() {
        calls.writeLock().lock();
        try {
            ended = true;
        } finally {
            calls.writeLock().unlock();
        }
    }

    private <T> T answered(Call<T> call) throws IOException, StatusException {
        calls.readLock().lock();
        try {
            if (ended) {
                throw Status.UNAVAILABLE.withDescription("the plug-in ends: ask again once it has begun anew").asException();
            }
            return call.answer();
        } finally {
            calls.readLock().unlock();
        }
    }

    private <T> void answer(StreamObserver<T> observer, Call<T> call) {
        T response;
        try {
            response = answered(call);
        } catch (StatusException invalid) {
            observer.onError(invalid);
            return;
        } catch (IOException | UncheckedIOException refused) {
            observer.onError(Status.FAILED_PRECONDITION.withDescription(refused.getMessage()).withCause(refused).asRuntimeException());
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    private static void refuse(List<String> problems) throws StatusException {
        if (!problems.isEmpty()) {
            throw Status.INVALID_ARGUMENT.withDescription(String.join("\n", problems)).asException();
        }
    }

    @Override
    public void prepare(PrepareRequest request, StreamObserver<PrepareResponse> observer) {
        answer(observer, () -> {
            Map<PciAddress, Wish> wishes = wishes(request);
            Map<PciAddress, FunctionState> given = handover.give(request.getOwner(), request.getFence(), wishes);
            plugin.news();
            PrepareResponse.Builder response = PrepareResponse.newBuilder();
            given.forEach((function, state) -> response.addFunctions(prepared(function, wishes.get(function).mode(), state)));
            return response.build();
        });
    }

    private Prepared prepared(PciAddress function, Mode mode, FunctionState state) {
        Prepared.Builder prepared = Prepared.newBuilder().setAddress(function.toString()).setIommuGroup(-1);
        if (mode == Mode.VFIO) {
            plugin.group(function).ifPresent(prepared::setIommuGroup);
        } else {
            // Of one that is in the container already the host knows but what it was called.
            state.netdev().or(() -> grants.of(function).flatMap(grant -> grant.before().netdev())).map(NetdevState::name)
                    .ifPresent(prepared::setNetworkDevice);
        }
        return prepared.build();
    }

    private Map<PciAddress, Wish> wishes(PrepareRequest request) throws IOException, StatusException {
        List<String> problems = new ArrayList<>(owner(request.getOwner()));
        Set<PciAddress> functions = functions(request, problems);
        WishReader reader = new WishReader(request.getWish());
        reader.read(Mode.NETDEV);
        problems.addAll(reader.problems());
        if (request.getWish().hasMac() && functions.size() > 1) {
            problems.add("mac " + request.getWish().getMac() + " is for one function, and " + functions.size() + " are asked for");
        }
        Optional<ResourceName> resource = ResourceName.parse(request.getResource());
        if (resource.isEmpty()) {
            problems.add("resource \"" + request.getResource() + "\" is not DOMAIN/NAME");
        }
        refuse(problems);
        Map<PciAddress, Wish> wishes = new LinkedHashMap<>();
        for (PciAddress each : functions) {
            wishes.put(each, reader.read(mode(request.getOwner(), resource.orElseThrow(), each)));
            refuse(reader.problems());
        }
        return wishes;
    }

    private static List<String> owner(String owner) {
        return owner.isBlank() ? List.of("owner is missing: a container's id")
                : owner.length() > MOST_OWNER ? List.of("owner has more than " + MOST_OWNER + " characters")
                : Handover.isKubelet(owner) ? List.of("owner " + owner + " is one who never says that he has ended: jctl vf reset makes free what he has")
                : List.of();
    }

    private static Set<PciAddress> functions(PrepareRequest request, List<String> problems) {
        Set<PciAddress> functions = new LinkedHashSet<>();
        if (request.getFunctionsCount() == 0) {
            problems.add("functions are missing: PCI addresses, as 0000:01:10.2");
        }
        for (String text : request.getFunctionsList()) {
            Optional<PciAddress> address = PciAddress.parse(text);
            if (address.isEmpty()) {
                problems.add("function \"" + text + "\" is no PCI address, as 0000:01:10.2");
            } else if (!functions.add(address.get())) {
                problems.add("function " + text + " is asked for twice");
            }
        }
        return functions;
    }

    /** How one is given; what the owner has already he has as it is, whatever has become of its pool. */
    private Mode mode(String owner, ResourceName resource, PciAddress function) throws GrantException {
        Optional<Grant> had = grants.of(function).filter(grant -> grant.owner().equals(owner));
        if (had.isPresent()) {
            return had.get().wish().mode();
        }
        View view = plugin.view();
        Pool pool = view.pool(resource).orElseThrow(() -> new GrantException("there is no pool " + resource + "; there are "
                + view.pools().stream().map(each -> each.resource().toString()).toList()));
        Offer offer = view.offers().get(resource).get(function.toString());
        if (offer == null) {
            Optional<ResourceName> other = view.assignment().poolOf(function);
            String why = view.assignment().left().get(function);
            throw new GrantException("function " + function + " is not in the pool " + resource + ": " + other.map(name -> "it is in " + name)
                    .orElse(why == null ? "it is not there (any more)" : why));
        }
        if (offer.trouble().isPresent()) {
            throw new GrantException("function " + function + " cannot be had: " + offer.trouble().get());
        }
        return View.mode(pool, offer.candidate());
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
        answer(observer, () -> {
            refuse(owner(request.getOwner()));
            ReleaseResponse.Builder response = ReleaseResponse.newBuilder();
            List<String> stay = new ArrayList<>();
            for (Grant each : grants.all().stream().filter(grant -> grant.owner().equals(request.getOwner())).toList()) {
                try {
                    grants.takeBack(each.function(), each.owner());
                    response.addFunctions(each.function().toString());
                } catch (IOException | UncheckedIOException refused) {
                    stay.add(refused.getMessage());
                }
            }
            plugin.news();
            if (!stay.isEmpty()) {
                throw new GrantException(String.join("\n", stay));
            }
            return response.build();
        });
    }

    @Override
    public void sweep(SweepRequest request, StreamObserver<SweepResponse> observer) {
        answer(observer, () -> {
            Set<String> living = new HashSet<>(request.getLivingOwnersList());
            Predicate<String> lives = owner -> living.contains(owner) || Handover.isKubelet(owner);
            Set<PciAddress> released = new TreeSet<>();
            grants.all().stream().filter(each -> !lives.test(each.owner())).forEach(each -> released.add(each.function()));
            Map<PciAddress, String> refused = grants.sweep(lives);
            released.removeAll(refused.keySet());
            plugin.news();
            SweepResponse.Builder response = SweepResponse.newBuilder().addAllReleased(released.stream().map(PciAddress::toString).toList());
            refused.forEach((function, why) -> response.putRefused(function.toString(), why));
            return response.build();
        });
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        answer(observer, () -> new FunctionList(plugin.viewNow(), grants, links).response());
    }

    @Override
    public void divide(DivideRequest request, StreamObserver<DivideResponse> observer) {
        answer(observer, () -> {
            List<String> problems = new ArrayList<>();
            if (request.getPhysical().isBlank()) {
                problems.add("physical is missing: a network device, or a PCI address");
            }
            if (request.getCount() < 0 || request.getCount() > MOST_PARTS) {
                problems.add("count " + Integer.toUnsignedString(request.getCount()) + " is not 0 to " + MOST_PARTS);
            }
            refuse(problems);
            return DivideResponse.newBuilder().addAllFunctions(plugin.divide(request.getPhysical(), request.getCount(), request.getProbeDrivers())
                    .stream().map(PciAddress::toString).toList()).build();
        });
    }

    @Override
    public void reset(ResetRequest request, StreamObserver<ResetResponse> observer) {
        answer(observer, () -> {
            Optional<PciAddress> function = PciAddress.parse(request.getAddress());
            refuse(function.isPresent() ? List.of() : List.of("\"" + request.getAddress() + "\" is no PCI address, as 0000:01:10.2"));
            plugin.reset(function.orElseThrow());
            return ResetResponse.getDefaultInstance();
        });
    }
}
