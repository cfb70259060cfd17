package clusterd.template;

import api.function.Wish;
import clusterd.model.ContainerTemplate;
import clusterd.model.Resources;
import clusterd.model.TaskTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import runtime.device.FunctionWish;
import runtime.device.ResourceRequest;

/** Devices of plug-ins that a template's container asks for, and what they count for in its task's reservation. */
public final class DeviceRequests {
    private DeviceRequests() {
    }

    /** So many of each, by name; what a container can do without is not counted on. */
    public static SortedMap<String, Long> counts(List<ResourceRequest> requests) {
        TreeMap<String, Long> counts = new TreeMap<>();
        requests.stream().filter(each -> !each.optional()).forEach(each -> counts.merge(each.resource(), (long) each.count(), Long::sum));
        return counts;
    }

    /** With the processors that a container wants alone. */
    private static SortedMap<String, Long> counts(TaskTemplate template) throws TemplateException {
        SortedMap<String, Long> counts = counts(of(template.container()));
        int cpus = TaskContainerRequest.decode(template.container()).getExclusiveCpus();
        if (cpus > 0) {
            counts.put(ResourceRequest.EXCLUSIVE_CPUS, (long) cpus);
        }
        return counts;
    }

    /**
     * The same template, whose reservation has what its container asks for: so the scheduler, which does not look into
     * containers, counts it. What is reserved of a name already is left; {@link #problems} says whether it fits.
     */
    public static TaskTemplate counted(TaskTemplate template) {
        Resources reservation = template.reservation();
        try {
            for (Map.Entry<String, Long> each : counts(template).entrySet()) {
                reservation = reservation.named().containsKey(each.getKey()) ? reservation
                        : reservation.with(each.getKey(), each.getValue());
            }
        } catch (TemplateException malformed) {
            return template; // the check says so
        }
        return reservation.equals(template.reservation()) ? template : template.with(reservation);
    }

    /** What nobody can be asked for, and what is reserved otherwise than it is asked for: a sentence each. */
    static List<String> problems(TaskTemplate template) throws TemplateException {
        List<ResourceRequest> requests = of(template.container());
        List<String> problems = new ArrayList<>();
        requests.forEach(each -> each.problem().ifPresent(why -> problems.add("--resource: " + why)));
        counts(template).forEach((name, count) -> problem(name, count, template.reservation()).ifPresent(problems::add));
        return problems;
    }

    /** Why so much of a name cannot be asked for beside what is reserved; empty if it can. */
    public static Optional<String> problem(String name, long count, Resources reservation) {
        long reserved = reservation.named().getOrDefault(name, count);
        return reserved == count ? Optional.empty() : Optional.of(reserved + " of " + name + " are reserved, and the container"
                + " asks for " + count + ": reserve none of it, since what is asked for is reserved by itself");
    }

    private static List<ResourceRequest> of(ContainerTemplate template) throws TemplateException {
        return TaskContainerRequest.decode(template).getResourceRequestsList().stream().map(DeviceRequests::record).toList();
    }

    /** A message's record. */
    public static ResourceRequest record(api.node.ResourceRequest message) {
        Wish wish = message.getWish();
        return new ResourceRequest(message.getName(), message.getCount() == 0 ? 1 : message.getCount(),
                message.getInterfaceName(), message.getAddressesList(), new FunctionWish(
                        wish.hasMac() ? Optional.of(wish.getMac()) : Optional.empty(),
                        number(wish.hasVlan(), wish.getVlan()), number(wish.hasVlanQos(), wish.getVlanQos()),
                        wish.getVlanProto(), number(wish.hasMinTxRateMegabit(), wish.getMinTxRateMegabit()),
                        number(wish.hasMaxTxRateMegabit(), wish.getMaxTxRateMegabit()),
                        wish.hasSpoofCheck() ? Optional.of(wish.getSpoofCheck()) : Optional.empty(),
                        wish.hasTrust() ? Optional.of(wish.getTrust()) : Optional.empty(), wish.getLinkState(),
                        number(wish.hasMtuBytes(), wish.getMtuBytes())), message.getOptional());
    }

    private static OptionalInt number(boolean present, int value) {
        return present ? OptionalInt.of(value) : OptionalInt.empty();
    }

    /** A record's message. */
    public static api.node.ResourceRequest message(ResourceRequest request) {
        api.node.ResourceRequest.Builder message = api.node.ResourceRequest.newBuilder().setName(request.resource())
                .setCount(request.count() == 1 ? 0 : request.count()).setInterfaceName(request.interfaceName())
                .addAllAddresses(request.addresses()).setOptional(request.optional());
        FunctionWish wanted = request.wish();
        if (wanted.equals(FunctionWish.NONE)) {
            return message.build();
        }
        Wish.Builder wish = Wish.newBuilder().setVlanProto(wanted.vlanProto()).setLinkState(wanted.linkState());
        wanted.address().ifPresent(wish::setMac);
        wanted.vlan().ifPresent(wish::setVlan);
        wanted.vlanQos().ifPresent(wish::setVlanQos);
        wanted.minMegabit().ifPresent(wish::setMinTxRateMegabit);
        wanted.maxMegabit().ifPresent(wish::setMaxTxRateMegabit);
        wanted.spoofCheck().ifPresent(wish::setSpoofCheck);
        wanted.trust().ifPresent(wish::setTrust);
        wanted.mtuBytes().ifPresent(wish::setMtuBytes);
        return message.setWish(wish).build();
    }
}
