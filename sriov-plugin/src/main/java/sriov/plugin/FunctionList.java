package sriov.plugin;

import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.VirtualFunction;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Grant;
import sriov.grant.PortState;
import sriov.inventory.PciAddress;
import sriov.inventory.PciFunction;
import sriov.inventory.Uplink;
import sriov.pool.Candidate;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.ResourceName;

/** All there is, as messages. */
final class FunctionList {
    private final View view;
    private final Map<PciAddress, Grant> grants = new TreeMap<>();
    private final Map<PciAddress, String> damaged;
    private final Links links;
    private final Map<String, Map<Integer, PortState>> ports = new HashMap<>();

    FunctionList(View view, Grants grants, Links links) {
        this.view = view;
        this.damaged = grants.damaged();
        this.links = links;
        grants.all().forEach(each -> this.grants.put(each.function(), each));
    }

    ListResponse response() throws IOException {
        ListResponse.Builder response = ListResponse.newBuilder().addAllNotes(view.notes());
        view.inventory().physical().forEach(each -> response.addPhysical(physical(each)));
        Map<PciAddress, PciFunction> there = view.inventory().functions();
        Map<PciAddress, VirtualFunction> all = new TreeMap<>();
        for (Candidate each : view.candidates()) {
            all.put(each.address(), virtual(each, there.get(each.address())));
        }
        grants.values().stream().filter(each -> !all.containsKey(each.function())).forEach(each -> all.put(each.function(), gone(each)));
        damaged.forEach((function, why) -> all.computeIfAbsent(function, none -> bare(function).setTrouble(unknown(why)).build()));
        return response.addAllVirtual(all.values()).build();
    }

    private static PhysicalFunction physical(sriov.inventory.PhysicalFunction card) {
        return PhysicalFunction.newBuilder().setAddress(card.address().toString()).setName(card.uplink().map(Uplink::name).orElse(""))
                .setVendor(hexadecimal(card.function().vendor())).setDevice(hexadecimal(card.function().device()))
                .setDriver(card.function().driver().orElse("")).setNumaNode(card.function().numaNode().orElse(-1))
                .setVirtualFunctions(card.virtual().size()).setMostVirtualFunctions(card.mostVirtual()).setLink(card.uplink().map(each -> !each.up()
                        ? "down" : each.carrier() ? "up" : "no carrier").orElse("")).setSwitchdev(card.uplink().filter(Uplink::switchdev).isPresent())
                .build();
    }

    private static VirtualFunction.Builder bare(PciAddress address) {
        return VirtualFunction.newBuilder().setAddress(address.toString()).setIndex(-1).setNumaNode(-1).setIommuGroup(-1);
    }

    private VirtualFunction gone(Grant grant) {
        return owned(bare(grant.function()).setTrouble("it is not there any more; jctl vf reset " + grant.function() + " forgets it"), grant).build();
    }

    private static VirtualFunction.Builder owned(VirtualFunction.Builder function, Grant grant) {
        return function.setOwner(grant.owner()).setSinceMillis(grant.sinceMillis()).setFence(grant.fence())
                .setMode(grant.wish().mode().name().toLowerCase(Locale.ROOT));
    }

    private VirtualFunction virtual(Candidate candidate, PciFunction now) throws IOException {
        PciAddress address = candidate.address();
        VirtualFunction.Builder function = bare(address).setIndex(candidate.index()).setVendor(hexadecimal(now.vendor()))
                .setDevice(hexadecimal(now.device())).setDriver(now.driver().orElse("")).setNumaNode(now.numaNode().orElse(-1))
                .setIommuGroup(now.iommuGroup().orElse(-1)).setNetworkDevice(now.netNames().stream().findFirst().orElse(""));
        if (candidate.index() >= 0) {
            candidate.of().ifPresent(card -> function.setPhysical(card.address().toString()));
            port(candidate).ifPresent(port -> function.setPort(text(port)));
        }
        Optional<ResourceName> resource = view.assignment().poolOf(address);
        resource.ifPresentOrElse(name -> function.setResource(name.toString()).setWhy(others(name, candidate)), () ->
                function.setWhy(view.assignment().left().getOrDefault(address, "")));
        function.setTrouble(trouble(address, resource));
        Optional.ofNullable(grants.get(address)).ifPresent(grant -> owned(function, grant));
        return function.build();
    }

    /** That of who is told of the pool; of what is in none, what is known of it all the same. */
    private String trouble(PciAddress address, Optional<ResourceName> resource) {
        return resource.map(name -> view.offers().get(name).get(address.toString())).flatMap(Offer::trouble)
                .or(() -> Optional.ofNullable(damaged.get(address)).map(FunctionList::unknown))
                .or(() -> Optional.ofNullable(view.troubles().get(address))).orElse("");
    }

    private static String unknown(String why) {
        return "it may be somebody's: " + why;
    }

    /** Pools that would have it as well, and come later. */
    private String others(ResourceName resource, Candidate candidate) {
        List<String> others = view.pools().stream().dropWhile(each -> !each.resource().equals(resource)).skip(1)
                .filter(each -> each.refusal(candidate).isEmpty()).map(Pool::resource).map(ResourceName::toString).toList();
        return others.isEmpty() ? "" : String.join(", ", others) + " would have it as well, and comes after " + resource + " in the config";
    }

    private Optional<PortState> port(Candidate candidate) throws IOException {
        Optional<String> physical = candidate.uplink().map(Uplink::name);
        if (physical.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, PortState> known = ports.get(physical.get());
        if (known == null) {
            known = new HashMap<>();
            for (VirtualFunctionState each : links.ports(physical.get())) {
                known.put(each.index(), HostFunctions.port(each));
            }
            ports.put(physical.get(), known);
        }
        return Optional.ofNullable(known.get(candidate.index()));
    }

    private static String text(PortState port) {
        StringBuilder text = new StringBuilder();
        if (!port.address().equals(PortState.NO_ADDRESS)) {
            text.append(" mac ").append(port.address());
        }
        if (port.vlan().id() != 0) {
            text.append(" vlan ").append(port.vlan().id()).append(port.vlan().priority() == 0 ? "" : " qos " + port.vlan().priority())
                    .append(port.vlan().service() ? " proto 802.1ad" : "");
        }
        if (port.leastMegabit() != 0) {
            text.append(" min ").append(port.leastMegabit()).append(" Mbit/s");
        }
        if (port.mostMegabit() != 0) {
            text.append(" max ").append(port.mostMegabit()).append(" Mbit/s");
        }
        port.spoofCheck().ifPresent(on -> text.append(" spoof check ").append(on ? "on" : "off"));
        port.trusted().ifPresent(on -> text.append(" trust ").append(on ? "on" : "off"));
        port.link().ifPresent(state -> text.append(" link ").append(state.name().toLowerCase(Locale.ROOT)));
        return text.toString().strip();
    }

    private static String hexadecimal(int number) {
        return HexFormat.of().toHexDigits((short) number);
    }
}
