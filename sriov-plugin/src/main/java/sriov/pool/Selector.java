package sriov.pool;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import sriov.inventory.PciFunction;
import sriov.inventory.Uplink;

/**
 * What functions of a pool have in common; all of it must hold.
 *
 * @param vendors   hexadecimal
 * @param devices   hexadecimal
 * @param drivers   that are bound
 * @param addresses on the PCI bus
 * @param physical  by the network device of what they are a part of
 * @param roots     by the address of what they are a part of
 * @param linkTypes of that: {@code ether}, {@code infiniband}
 * @param numaNodes that they are attached to
 * @param rdma      whether they have RDMA devices; empty = it does not matter
 */
record Selector(Choice vendors, Choice devices, Choice drivers, Choice addresses, PartChoice physical, PartChoice roots, Choice linkTypes,
        Choice numaNodes, Optional<Boolean> rdma) {
    /** Anything. */
    static final Selector ANY = new Selector(Choice.ANY, Choice.ANY, Choice.ANY, Choice.ANY, PartChoice.ANY, PartChoice.ANY, Choice.ANY, Choice.ANY,
            Optional.empty());

    /** Why a function is not selected; empty if it is. */
    Optional<String> refusal(Candidate candidate) {
        PciFunction function = candidate.function();
        return first(List.of(
                () -> vendors.refusal("vendor", List.of(hexadecimal(function.vendor()))),
                () -> devices.refusal("device", List.of(hexadecimal(function.device()))),
                () -> drivers.refusal("driver", function.driver().stream().toList()),
                () -> addresses.refusal("address", List.of(function.address().toString())),
                () -> physical.refusal("physical function", candidate.uplink().map(Uplink::name).or(() -> function.netNames().stream().findFirst())
                        .stream().toList(), candidate.index()),
                () -> roots.refusal("physical function", candidate.of().map(each -> each.address().toString()).stream().toList(), candidate.index()),
                () -> linkTypes.refusal("link type", candidate.uplink().map(each -> each.type().name().toLowerCase(Locale.ROOT)).stream().toList()),
                () -> numaNodes.refusal("NUMA node", numa(function.numaNode())),
                () -> rdma.filter(wanted -> wanted == function.rdmaNames().isEmpty()).map(wanted -> wanted ? "it has no RDMA device"
                        : "it has the RDMA device " + function.rdmaNames().getFirst())));
    }

    /** What is not asked costs nothing: there are thousands of functions, and dozens of selectors. */
    private static Optional<String> first(List<Supplier<Optional<String>>> refusals) {
        for (Supplier<Optional<String>> each : refusals) {
            Optional<String> refusal = each.get();
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static String hexadecimal(int number) {
        return HexFormat.of().toHexDigits((short) number);
    }

    private static List<String> numa(OptionalInt node) {
        return node.isEmpty() ? List.of() : List.of(Integer.toString(node.getAsInt()));
    }
}
